import type { LatencyWindow } from '../latency/latency-window.ts';
import type { WindowStatistics } from '../latency/window-statistics.ts';
import type { Health } from './health.ts';

/** Span of `recent`, ms. */
const RECENT_MS = 60_000;

/**
 * What a target's state is judged by. Nothing in it is older than the state, except runs: the failures that made it
 * unavailable must not keep it from becoming healthy for as long as they stay in the window.
 *
 * Two spans, as in the SRE Workbook's multi-window alerts (ch. 5): the long one sees slow traffic, the short one
 * sees a change soon.
 */
export interface HealthEvidence {
  /** The last 60 s. */
  readonly recent: WindowStatistics;
  /** All of the window, 300 s by default. */
  readonly whole: WindowStatistics;
  /** Success rate below which the target is an outlier among its peers (`successRateFloor`); undefined: too few peers. */
  readonly successRateFloor?: number | undefined;
}

/** Reads the evidence for the next `assessHealth` out of a window. */
export function healthEvidence({
  window,
  health,
  nowMs,
}: {
  window: LatencyWindow;
  health: Health;
  nowMs: number;
}): HealthEvidence {
  return {
    recent: window.statistics(nowMs, Math.max(health.sinceMs, nowMs - RECENT_MS)),
    whole: window.statistics(nowMs, health.sinceMs),
  };
}
