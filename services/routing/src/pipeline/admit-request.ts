import { type CompleteRequest, Purpose } from '@switchyard/contracts/routing';
import { actingTenant, requirePermission } from '@switchyard/service-kit';
import type { OfferingState } from '../domain/decide/candidate.ts';
import { type Choice, decide, selectOfferings } from '../domain/decide/decide.ts';
import type { Needs } from '../domain/request/needs.ts';
import { needsOf } from '../domain/request/needs-of.ts';
import { validateRequest } from '../domain/request/validate-request.ts';
import type { Offering, Snapshot } from '../domain/snapshot/snapshot.ts';
import { invalidFields, modelNotFound, notOffered } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { PipelineCall } from './pipeline-call.ts';

/** A request that was decided on. */
export interface DecidedRequest {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  readonly choice: Choice;
}

/**
 * Checks a request and decides who serves it.
 *
 * @throws INVALID_ARGUMENT, UNIMPLEMENTED, PERMISSION_DENIED, NOT_FOUND for a model that nobody offers
 */
export function decideRequest(
  { request, principal }: Pick<PipelineCall, 'request' | 'principal'>,
  context: Pick<PipelineContext, 'snapshots' | 'runtimes' | 'secrets' | 'clock' | 'defaultStrategy'>,
  { stream }: { stream: boolean },
): DecidedRequest {
  refuseUnoffered(request);
  const violations = validateRequest(request);
  if (violations.length > 0) throw invalidFields(violations);
  if (request.purpose === Purpose.PROBE) requirePermission(principal, 'routing.probe');
  const tenant = actingTenant(principal, request.context?.tenant ?? '');
  const needs = needsOf(request, { tenant, stream, defaultStrategy: context.defaultStrategy });
  const snapshot = context.snapshots.current;
  if (selectOfferings(needs, snapshot).length === 0) throw modelNotFound(request.model);
  const nowMs = context.clock.monotonicMs();
  const choice = decide({ needs, snapshot, stateOf: (offering) => stateOf(offering, context, nowMs) });
  return { needs, snapshot, choice };
}

/** What a later version brings is refused by name. */
function refuseUnoffered(request: CompleteRequest): void {
  if (request.idempotencyKey !== '') throw notOffered('idempotency_key');
  if (request.requirements !== undefined && request.requirements.taskType !== '')
    throw notOffered('requirements.task_type');
}

function stateOf(
  offering: Offering,
  { runtimes, secrets }: Pick<PipelineContext, 'runtimes' | 'secrets'>,
  nowMs: number,
): OfferingState {
  const runtime = runtimes.peek(offering);
  return {
    breaker: runtime?.breaker.state(nowMs) ?? 'closed',
    breakerAdmits: runtime?.breaker.admits(nowMs) ?? true,
    active: runtime?.active ?? 0,
    latencyMs: runtime?.latencyMs,
    credential: secrets.stateOf(offering.provider),
  };
}
