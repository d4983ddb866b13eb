import type { SparseHistogram } from './sparse-histogram.ts';

/** One finished second of a `LatencyWindow`. */
export interface SecondTally {
  readonly successes: number;
  readonly failures: number;
  /** Failures at its end without a success after them. */
  readonly trailingFailures: number;
  readonly failuresByClass: { readonly [errorClass: string]: number };
  readonly latency: SparseHistogram;
  readonly totalLatencySumMs: number;
}

/** What happened, as far as runs of failures go. */
export type RunCounts = Pick<SecondTally, 'successes' | 'failures' | 'trailingFailures'>;

/**
 * The failures at the end of a second that two replicas (or a replica and what is known so far) saw together.
 * Their order among each other is not known, so this is the largest number that holds for every order.
 */
export function mergedTrailingFailures(a: RunCounts, b: RunCounts): number {
  if (a.successes === 0 && b.successes === 0) return a.failures + b.failures;
  if (a.successes === 0) return b.trailingFailures;
  if (b.successes === 0) return a.trailingFailures;
  return Math.min(a.trailingFailures, b.trailingFailures);
}

/** Successes or failures in a row at one instant; at most one of them is above 0. */
export interface Run {
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
}

export const NO_RUN: Run = { consecutiveFailures: 0, consecutiveSuccesses: 0 };

/** The run after one more second. A second with both outcomes ends every run of successes: their order is lost. */
export function continueRun(before: Run, second: RunCounts): Run {
  if (second.successes === 0 && second.failures === 0) return before;
  if (second.failures === 0) {
    return { consecutiveFailures: 0, consecutiveSuccesses: before.consecutiveSuccesses + second.successes };
  }
  const failuresBefore = second.successes === 0 ? before.consecutiveFailures : 0;
  return { consecutiveFailures: failuresBefore + second.trailingFailures, consecutiveSuccesses: 0 };
}
