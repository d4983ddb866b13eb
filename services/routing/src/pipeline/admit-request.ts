import { drawSeed } from '@switchyard/kernel';
import { type Downgrade, withDowngrade } from '../domain/budget/downgrade.ts';
import { type Choice, type DecideInput, decide } from '../domain/decide/decide.ts';
import { selectOfferings } from '../domain/decide/select-offerings.ts';
import type { Assignment, GivenVariant } from '../domain/experiment/divide-request.ts';
import { tokensWanted } from '../domain/request/cost-estimate.ts';
import type { Needs } from '../domain/request/needs.ts';
import { needsOf } from '../domain/request/needs-of.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import type { PipelineContext } from '../ports.ts';
import { stateReader } from '../runtime/state-reader.ts';
import type { AskedRequest } from './ask-request.ts';
import { nobodyOffers } from './understand-request.ts';

/** A request that was decided on. */
export interface DecidedRequest {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  readonly choice: Choice;
  /** The variant that it was given; undefined for none. */
  readonly given: GivenVariant | undefined;
  /** The budget that had it decided by something cheaper; undefined for none. */
  readonly downgrade: Downgrade | undefined;
  /** What it counts for; undefined for nothing. */
  readonly assignment: Assignment | undefined;
}

/** How a request is decided on. */
export interface DecideMode {
  readonly stream: boolean;
  /** Whether every candidate is looked at. Default 'enough'. */
  readonly look?: DecideInput['look'];
}

/**
 * Decides who serves a request.
 *
 * @throws NOT_FOUND for a model that nobody offers, FAILED_PRECONDITION where nobody is left in its pool
 */
export function decideRequest(
  { operation, tenant, arrivedWallMs, snapshot, division, downgrade, understood }: AskedRequest,
  context: Pick<PipelineContext, 'runtimes' | 'quotas' | 'secrets' | 'prefixes' | 'clock' | 'random'>,
  { stream, look = 'enough' }: DecideMode,
): DecidedRequest {
  const nowMs = context.clock.monotonicMs();
  const asked = needsOf(operation, { tenant, stream, asked: understood });
  const heldPrefixes = context.prefixes.heldFor(asked, nowMs);
  const needs = heldPrefixes === undefined ? asked : { ...asked, heldPrefixes };
  const selected = selectOfferings(needs, snapshot);
  if (selected.count === 0) throw nobodyOffers(needs, { snapshot, division });
  const made = decide({
    needs,
    snapshot,
    stateOf: stateReader(context, { tokens: tokensWanted(needs), nowMs }),
    seed: drawSeed(context.random),
    look,
    selected,
    ...repriced(snapshot, { tenant, arrivedWallMs }),
    measured: () => context.runtimes.measured(),
  });
  const choice = downgrade === undefined ? made : { ...made, reason: withDowngrade(made.reason, downgrade) };
  return { needs, snapshot, choice, downgrade, given: division.given, assignment: division.assignment };
}

/** What the tenant is charged now, where that is not what is listed. */
const repriced = (
  { terms }: Snapshot,
  { tenant, arrivedWallMs }: Pick<AskedRequest, 'tenant' | 'arrivedWallMs'>,
): Pick<DecideInput, 'reprice'> =>
  terms === undefined ? {} : { reprice: terms.repriceFor(tenant, arrivedWallMs) };
