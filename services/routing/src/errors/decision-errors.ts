import type { Attempt } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import type { ConstraintName } from '../domain/decide/candidate.ts';
import type { Choice } from '../domain/decide/decide.ts';
import { endpointKey, offeringName } from '../domain/snapshot/at-endpoints.ts';

/** Most candidates that an error tells of. */
const TOLD_CANDIDATES = 20;

/** And how many of them the message names. */
const NAMED_CANDIDATES = 3;

/** Reasons that pass by themselves. */
const PASSING: ReadonlySet<ConstraintName> = new Set([
  'breaker',
  'cooling_down',
  'rate_limited',
  'health',
  'maintenance',
]);

/** Outcomes of candidates that were passed over for what passes by itself. */
const PASSING_OUTCOMES: ReadonlySet<string> = new Set(['overloaded', 'rate_limited', 'budget_unchecked']);

/** When it is worth asking again. */
const TRY_AGAIN_MS = 5_000;

/** Reasons that tell when they have passed. */
const TIMED: ReadonlySet<ConstraintName> = new Set(['cooling_down', 'rate_limited']);

/** When the first candidate comes back that only cools down or is at a limit; else {@link TRY_AGAIN_MS}. */
function soonestMs({ excluded }: Choice): number {
  const pauses = excluded
    .filter(({ exclusions }) => exclusions.every(({ constraint }) => TIMED.has(constraint)))
    .map(({ candidate: { state } }) => Math.max(state.cooling?.leftMs ?? 0, state.limited?.leftMs ?? 0));
  return pauses.length === 0 ? TRY_AGAIN_MS : Math.min(...pauses);
}

/** Candidates there are, but none fits: the metadata tells for each one why. */
export function noCandidate(requestId: string, choice: Choice): ServiceError {
  const passing = choice.excluded.some(({ exclusions }) =>
    exclusions.every(({ constraint }) => PASSING.has(constraint)),
  );
  const told = choice.excluded.slice(0, TOLD_CANDIDATES);
  const reasons = told.map(({ offering, exclusions }) => [
    offeringName(offering),
    exclusions.map(({ constraint, detail }) => `${constraint}: ${detail}`).join('; '),
  ]);
  // One for each reason: many models of a provider fail alike.
  const different = new Map(reasons.map((reason) => [reason[1], reason]));
  const examples = [...different.values().take(NAMED_CANDIDATES)].map((reason) => `; ${reason.join(': ')}`);
  return new ServiceError({
    reason: 'NO_CANDIDATE',
    code: passing ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    publicMessage: `none of ${choice.excluded.length + choice.unseen} candidates fits${examples.join('')}${waysOut(choice)}`,
    retryable: passing,
    ...(passing ? { retryAfterMs: soonestMs(choice) } : {}),
    metadata: { ...Object.fromEntries(reasons), request_id: requestId },
  });
}

/**
 * Candidates fitted, but none of them could be called after all: the metadata tells for each one why.
 *
 * @param passedOver as the decision lists them
 * @param roomInMs when the first of those at a limit has room again; undefined where none is at one
 */
export function nobodyCallable(
  requestId: string,
  passedOver: readonly Attempt[],
  roomInMs: number = TRY_AGAIN_MS,
): ServiceError {
  const passing = passedOver.some(({ outcome }) => PASSING_OUTCOMES.has(outcome));
  const reasons = passedOver
    .slice(0, TOLD_CANDIDATES)
    .map(({ provider, model, endpoint, detail }) => [endpointKey(`${provider}/${model}`, endpoint), detail]);
  const examples = reasons.slice(0, NAMED_CANDIDATES).map((reason) => `; ${reason.join(': ')}`);
  const noSecret = passedOver.some(({ outcome }) => outcome === 'authentication');
  const wayOut = noSecret
    ? '. "switchyard providers" shows what is wrong with a secret; store it under the credential_ref, with the address among its allowed_origins'
    : '';
  return new ServiceError({
    reason: 'NO_CANDIDATE',
    code: passing ? 'UNAVAILABLE' : 'FAILED_PRECONDITION',
    publicMessage: `none of ${passedOver.length} candidates can be called${examples.join('')}${wayOut}`,
    retryable: passing,
    ...(passing ? { retryAfterMs: Math.ceil(roomInMs) } : {}),
    metadata: { ...Object.fromEntries(reasons), request_id: requestId },
  });
}

/** Most ways out that the message names. */
const NAMED_WAYS_OUT = 3;

/** What can be done, as the end of the message; one for each constraint, as many models fail alike. */
function waysOut({ excluded }: Choice): string {
  const byConstraint = new Map<string, string>();
  for (const { exclusions } of excluded.slice(0, TOLD_CANDIDATES))
    for (const { constraint, wayOut } of exclusions)
      if (!byConstraint.has(constraint)) byConstraint.set(constraint, `for ${constraint}, ${wayOut}`);
  return byConstraint.size === 0
    ? ''
    : `. To change that, ${byConstraint.values().take(NAMED_WAYS_OUT).toArray().join('; ')}`;
}

/** No such decision in the caller's tenant. */
export const decisionNotFound = (requestId: string): ServiceError =>
  new ServiceError({
    reason: 'DECISION_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no decision of request ${requestId} in this tenant; it may be older than decisions are kept (ROUTING_DECISION_RETENTION_HOURS), or was a plain success that was not sampled (ROUTING_DECISION_SAMPLE_PERMILLE)`,
    metadata: { request_id: requestId },
  });
