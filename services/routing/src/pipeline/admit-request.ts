import { Purpose } from '@switchyard/contracts/routing';
import { drawSeed } from '@switchyard/kernel';
import type { Operation } from '@switchyard/llm';
import { actingTenant, requirePermission } from '@switchyard/service-kit';
import { type Choice, type DecideInput, decide } from '../domain/decide/decide.ts';
import { selectOfferings } from '../domain/decide/select-offerings.ts';
import {
  type Assignment,
  divideRequest,
  type GivenVariant,
  withModelOf,
} from '../domain/experiment/divide-request.ts';
import { tokensWanted } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { needsOf } from '../domain/request/needs-of.ts';
import { validateRequest } from '../domain/request/validate-request.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import { invalidFields, notOffered } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import { stateReader } from '../runtime/state-reader.ts';
import type { OperationCall } from './pipeline-call.ts';
import { nobodyOffers, understandRequest } from './understand-request.ts';

/** A request that was decided on. */
export interface DecidedRequest {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  readonly choice: Choice;
  /** The variant that it was given; undefined for none. */
  readonly given: GivenVariant | undefined;
  /** What it counts for; undefined for nothing. */
  readonly assignment: Assignment | undefined;
}

/** How a request is decided on. */
export interface DecideMode {
  readonly requestId: string;
  readonly stream: boolean;
  /** Whether every candidate is looked at. Default 'enough'. */
  readonly look?: DecideInput['look'];
}

/**
 * Checks a request and decides who serves it.
 *
 * @throws INVALID_ARGUMENT, UNIMPLEMENTED, PERMISSION_DENIED, NOT_FOUND for a model that nobody offers, FAILED_PRECONDITION
 *   where what it requires and what pool or policy require exclude each other, or nobody is left in its pool
 */
export function decideRequest(
  { operation, principal }: Pick<OperationCall, 'operation' | 'principal'>,
  context: Pick<
    PipelineContext,
    'snapshots' | 'runtimes' | 'quotas' | 'secrets' | 'clock' | 'random' | 'defaultStrategy'
  >,
  { requestId, stream, look = 'enough' }: DecideMode,
): DecidedRequest {
  const { request } = operation;
  refuseUnoffered(operation);
  const violations = validateRequest(operation);
  if (violations.length > 0) throw invalidFields(violations);
  if (request.purpose === Purpose.PROBE) requirePermission(principal, 'routing.probe');
  const tenant = actingTenant(principal, request.context?.tenant ?? '');
  const snapshot = context.snapshots.current;
  const { experiments } = snapshot;
  const division = divideRequest(request, { experiments, tenant, requestId });
  const asked = understandRequest(withModelOf(request, division), {
    tenant,
    snapshot,
    defaultStrategy: context.defaultStrategy,
  });
  const needs = needsOf(operation, { tenant, stream, asked });
  const selected = selectOfferings(needs, snapshot);
  if (selected.count === 0) throw nobodyOffers(needs, { snapshot, division });
  const choice = decide({
    needs,
    snapshot,
    stateOf: stateReader(context, { tokens: tokensWanted(needs), nowMs: context.clock.monotonicMs() }),
    seed: drawSeed(context.random),
    look,
    selected,
    measured: () => context.runtimes.measured(),
  });
  return { needs, snapshot, choice, given: division.given, assignment: division.assignment };
}

/** What a later version brings is refused by name. */
function refuseUnoffered({ kind, request }: Operation): void {
  if (kind !== 'chat' && request.idempotencyKey !== '') throw notOffered('idempotency_key');
}
