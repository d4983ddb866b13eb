import type { LatencyBuckets } from './latency-histogram.ts';
import { LATENCY_SCALE } from './latency-scale.ts';

/**
 * How one target did within one second at one replica; merges with those of other replicas.
 *
 * The same fields as `ProviderObservation` in `proto/switchyard/events/v1`, so that a decoded message can be given
 * to `parseObservation` as it is. It names no time: whoever merges it counts it in the second of its arrival, so
 * replicas need no common clock.
 */
export interface Observation {
  /** Calls that succeeded. */
  readonly successes: number;
  /** Calls that failed, by error class; a caller's own mistakes are not counted. */
  readonly failures: { readonly [errorClass: string]: number };
  /** Failures at the end of the second without a success after them; ≤ all failures. */
  readonly trailingFailures: number;
  /** Times to the first token of successful calls. */
  readonly latencyBuckets: LatencyBuckets;
  /** Sum of the times to the end of the answer of successful calls, ms. */
  readonly totalLatencySumMs: number;
}

/** Error classes that are told apart in one second; what comes after them is counted as `OTHER_CLASS`. */
export const MAX_ERROR_CLASSES = 32;
export const OTHER_CLASS = 'other';

/** Checks what came over the bus; undefined when a figure can't be true. */
export function parseObservation(value: Observation): Observation | undefined {
  const classes = Object.values(value.failures);
  if (classes.length > MAX_ERROR_CLASSES + 1 || !classes.every(isCount)) return undefined;
  if (!isCount(value.successes) || !isCount(value.trailingFailures)) return undefined;
  if (value.trailingFailures > failuresOf(value)) return undefined;
  if (!(value.totalLatencySumMs >= 0 && Number.isFinite(value.totalLatencySumMs))) return undefined;
  let measured = 0;
  for (const [bucket, count] of Object.entries(value.latencyBuckets)) {
    if (!isCount(count) || !isBucket(Number(bucket))) return undefined;
    measured += count;
  }
  return measured <= value.successes ? value : undefined;
}

/** All failures, whatever their class. */
export function failuresOf({ failures }: Observation): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isBucket(value: number): boolean {
  return isCount(value) && value < LATENCY_SCALE.buckets;
}
