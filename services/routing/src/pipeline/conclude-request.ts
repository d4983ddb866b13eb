import { DecisionOutcome } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';
import type { ToldAnswer } from '../domain/failover/told-answer.ts';
import { allFailed, callerGone, deadlinePassed } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptLog } from './attempt-log.ts';
import { type DecisionFacts, decisionRecord } from './decision-record.ts';

/** What is known at the end of a request. */
export interface ConcludedRequest extends DecisionFacts {
  readonly log: AttemptLog;
  /** Monotonic. */
  readonly startedAtMs: number;
}

/** Tells everyone what came of a request: statistics, its experiment, the store of decisions. */
export function concludeRequest(
  concluded: ConcludedRequest,
  { decisions, events, experiments, clock }: PipelineContext,
): void {
  const { outcome, decided, log, startedAtMs } = concluded;
  const { assignment, needs } = decided;
  const durationMs = clock.monotonicMs() - startedAtMs;
  events.requestEnded({ outcome, durationMs, stream: needs.stream });
  if (assignment !== undefined)
    experiments.count({ assignment, outcome, costNanoUsd: log.costNanoUsd, durationMs });
  decisions.record(decisionRecord(concluded));
}

/** What came of a request whose last attempt failed. */
export function failedOutcome({ soFar }: ToldAnswer, error: ProviderError): DecisionOutcome {
  if (error.class === 'cancelled') return DecisionOutcome.CANCELLED;
  return soFar === 'nothing' ? DecisionOutcome.FALLBACK_EXHAUSTED : DecisionOutcome.BROKEN_STREAM;
}

/** The last attempt of a request, and what was around it. */
export interface LastFailure {
  readonly requestId: string;
  readonly attempt: Attempt;
  readonly error: ProviderError;
  /** How many were made. */
  readonly attempts: number;
  /** Whether the caller's deadline has passed. */
  readonly deadlineIsPast: boolean;
}

/** What the caller is told. */
export function finalError({
  requestId,
  attempt: { candidate, deadline },
  error,
  attempts,
  deadlineIsPast,
}: LastFailure): ServiceError {
  // At a deadline the caller's side often cancels, too: that it passed is the reason. What nobody would have answered
  // better is told all the same.
  const hadTime = deadline.cause !== 'deadline' && !deadlineIsPast;
  if (!hadTime && (error.class === 'cancelled' || error.retryable)) return deadlinePassed(requestId);
  if (deadline.cause === 'caller') return callerGone(requestId);
  const { provider, model } = candidate.offering;
  return allFailed({ requestId, provider: provider.id, model, attempts, error });
}
