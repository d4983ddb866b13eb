/** Bounds of the exponential backoff. */
export interface BackoffOptions {
  /** Upper bound of the first delay, ms; ≥0. Default 200. */
  readonly baseMs: number;
  /** Upper bound of every delay, ms; ≥0. Default 10 000. */
  readonly capMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = Object.freeze({ baseMs: 200, capMs: 10_000 });

/**
 * How long to wait before retry number `retry` (0 for the first): evenly between 0 and
 * `min(capMs, baseMs × 2^retry)`, in ms, not rounded.
 *
 * "Full jitter" of Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): the least work for
 * client and server among the forms compared there, because callers that failed together don't come back together.
 *
 * @param random gives a number in [0, 1), as `Math.random` does.
 * @throws RangeError when `retry` is not a whole number ≥0.
 */
export function fullJitterDelayMs({
  retry,
  random,
  baseMs = DEFAULT_BACKOFF.baseMs,
  capMs = DEFAULT_BACKOFF.capMs,
}: { retry: number; random: () => number } & Partial<BackoffOptions>): number {
  if (!Number.isInteger(retry) || retry < 0) throw new RangeError(`retry is not a whole number ≥0: ${retry}`);
  // 2^1000 is still finite, so a base of 0 gives 0 and never 0 × Infinity.
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(retry, 1000));
}
