import type { LatencyWindow } from '@switchyard/resilience';

/** Answers that must be known: of fewer, one in twenty says nothing. */
const MIN_SUCCESSES = 20;
/** A percentile is the work of 300 seconds of histograms, and moves slowly. */
const REFRESH_MS = 1_000;

/** The 95th percentile of one target's time to the first token, worked out at most once a second. */
export class SlowPercentile {
  #known: { readonly atMs: number; readonly p95Ms: number | undefined } | undefined;

  of(window: LatencyWindow, nowMs: number): number | undefined {
    if (this.#known !== undefined && nowMs - this.#known.atMs < REFRESH_MS) return this.#known.p95Ms;
    const { successes, latencyMs } = window.statistics(nowMs);
    const p95Ms = successes < MIN_SUCCESSES ? undefined : latencyMs?.p95;
    this.#known = { atMs: nowMs, p95Ms };
    return p95Ms;
  }
}
