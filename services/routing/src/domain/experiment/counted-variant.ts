import { DecisionOutcome } from '@switchyard/contracts/routing';
import type { Assignment } from './divide-request.ts';
import type { VariantTally } from './experiment-results.ts';
import { addMoments, type Moments } from './sequential-test.ts';

/** What was counted of one group of one variant. */
export interface CountedVariant extends Assignment, Omit<VariantTally, 'groups'> {}

/** A request of an experiment that has ended. */
export interface EndedAssignment {
  readonly assignment: Assignment;
  readonly outcome: DecisionOutcome;
  /** Of all its attempts, in nano-USD; undefined where one is unknown. */
  readonly costNanoUsd: bigint | undefined;
  /** From its arrival to the end of its answer. */
  readonly durationMs: number;
}

/** What one request counts; undefined where its caller cancelled it, which tells nothing of its variant. */
export function countRequest(ended: EndedAssignment): CountedVariant | undefined {
  const { assignment, outcome, costNanoUsd, durationMs } = ended;
  if (outcome === DecisionOutcome.CANCELLED) return undefined;
  const isAnswered = outcome === DecisionOutcome.COMPLETE || outcome === DecisionOutcome.FALLBACK_SUCCESS;
  return {
    ...assignment,
    requests: 1,
    failures: isAnswered ? 0 : 1,
    cost: isAnswered && costNanoUsd !== undefined ? momentsOf(Number(costNanoUsd)) : NONE,
    latency: isAnswered ? momentsOf(durationMs) : NONE,
  };
}

/** Counts of both, together. */
export const addCounts = <T extends Omit<VariantTally, 'groups'>>(
  a: T,
  b: Omit<VariantTally, 'groups'>,
): T => ({
  ...a,
  requests: a.requests + b.requests,
  failures: a.failures + b.failures,
  cost: addMoments(a.cost, b.cost),
  latency: addMoments(a.latency, b.latency),
});

const NONE: Moments = { count: 0, sum: 0, sumOfSquares: 0 };

const momentsOf = (value: number): Moments => ({ count: 1, sum: value, sumOfSquares: value ** 2 });
