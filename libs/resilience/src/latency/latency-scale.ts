/**
 * The one logarithmic scale that all latency histograms share, so that they merge by adding counts. Bucket numbers
 * travel between replicas (`ProviderObservation.latency_buckets`): changing the scale is a breaking change.
 *
 * Form: DDSketch (Masson, Rim, Lee, VLDB 2019): bucket `i` holds the values in `(MIN·γ^(i−1), MIN·γ^i]` with
 * `γ = (1+α)/(1−α)`, and answers with `MIN·2γ^i/(γ+1)`, which is within α of each of them.
 */

/** α: a quantile is within 2 % of the exact one, for values inside the scale. */
export const LATENCY_RELATIVE_ERROR = 0.02;

const MIN_MS = 0.1;
const MAX_MS = 1_000_000;
const GAMMA = (1 + LATENCY_RELATIVE_ERROR) / (1 - LATENCY_RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/** The scale's ends in ms, and its number of buckets. Values outside are counted at the nearer end. */
export const LATENCY_SCALE = Object.freeze({
  minMs: MIN_MS,
  maxMs: MAX_MS,
  buckets: Math.ceil(Math.log(MAX_MS / MIN_MS) / LOG_GAMMA) + 1,
});

/** The bucket that counts a latency; 0 ≤ index < `LATENCY_SCALE.buckets`. */
export function bucketOf(latencyMs: number): number {
  if (latencyMs <= MIN_MS) return 0;
  if (latencyMs >= MAX_MS) return LATENCY_SCALE.buckets - 1;
  return Math.ceil(Math.log(latencyMs / MIN_MS) / LOG_GAMMA);
}

/** The latency that stands for all values in a bucket, in ms. */
export function latencyOfBucket(bucket: number): number {
  return (MIN_MS * 2 * GAMMA ** bucket) / (GAMMA + 1);
}
