import { DEFAULT_HEALTH_THRESHOLDS, type HealthState } from '@switchyard/resilience';

/** How often a provider is probed. */
export interface ProbeIntervals {
  readonly idleIntervalMs: number;
  readonly suspiciousIntervalMs: number;
}

/** What decides when a provider is probed next. Times are monotonic milliseconds; −∞: never. */
export interface ProbeSubject {
  readonly state: HealthState;
  readonly stateSinceMs: number;
  /** Failures in a row, up to now. */
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  /** Share of its calls of the last minute that succeeded, 0 to 1; undefined: none. */
  readonly recentSuccessRate: number | undefined;
  /** When a call of it last succeeded, a probe's included. */
  readonly lastSuccessAtMs: number;
  /** When anything was last seen of it. */
  readonly lastObservedAtMs: number;
  readonly lastProbeAtMs: number;
  /** 0 to 1, drawn anew after each probe: replicas and providers do not fall into step. */
  readonly jitter: number;
}

/** A provider that has been down for longer is probed as seldom as an idle one, until it gives a sign of life. */
const PATIENCE_MS = 300_000;
/** A provider never tested is probed soon, but not all of them in the same moment. */
const FIRST_PROBE_SPREAD_MS = 1_000;

/**
 * When a provider is to be probed next, monotonic milliseconds; it may be past.
 *
 * Silent while live traffic proves it: every success puts the next probe off by the idle interval. Fast while something
 * speaks against it: then any evidence, good or bad, puts it off by the short one.
 */
export function nextProbeAt(subject: ProbeSubject, intervals: ProbeIntervals, nowMs: number): number {
  const { lastProbeAtMs, lastObservedAtMs, lastSuccessAtMs, jitter } = subject;
  // ±20 %
  const spread = 0.8 + 0.4 * jitter;
  if (isSuspicious(subject, nowMs)) {
    return Math.max(lastProbeAtMs, lastObservedAtMs) + intervals.suspiciousIntervalMs * spread;
  }
  const lastSignMs = Math.max(lastProbeAtMs, lastSuccessAtMs);
  if (subject.state === 'not_tested' && lastSignMs === Number.NEGATIVE_INFINITY) {
    return subject.stateSinceMs + FIRST_PROBE_SPREAD_MS * jitter;
  }
  return lastSignMs + intervals.idleIntervalMs * spread;
}

/** Whether something speaks against it, or it is on its way back. */
function isSuspicious(subject: ProbeSubject, nowMs: number): boolean {
  const { state, stateSinceMs, consecutiveFailures, consecutiveSuccesses, recentSuccessRate = 1 } = subject;
  switch (state) {
    case 'maintenance':
      return false;
    case 'healthy':
    case 'not_tested':
      // Few calls may have failed and the last one not: breakers then keep calls away, and only probes can tell.
      return consecutiveFailures > 0 || recentSuccessRate < DEFAULT_HEALTH_THRESHOLDS.degradedBelow;
    case 'degraded':
    case 'unhealthy':
    case 'unavailable':
      return consecutiveSuccesses > 0 || nowMs - stateSinceMs < PATIENCE_MS;
    default:
      return state satisfies never;
  }
}
