/** When a breaker opens, how long it stays open, and what proves that the target is back. */
export interface BreakerOptions {
  /** Failures in a row that open the breaker; ≥1. Default 5 (Envoy `consecutive_5xx`). */
  readonly consecutiveFailures: number;
  /** Share of failed calls in the window that opens it; 0 < x ≤ 1. Default 0.5 (resilience4j `failureRateThreshold`). */
  readonly failureRate: number;
  /** Calls the window must hold before the share counts; ≥1. Default 20. */
  readonly minimumCalls: number;
  /** Length of the sliding window in ms; ≥10. Default 60 000. It slides in steps of a tenth. */
  readonly windowMs: number;
  /** How long an open breaker refuses everything, in ms; ≥1. Default 30 000. */
  readonly openMs: number;
  /** Probes that may be under way at once while half-open; ≥1. Default 3. */
  readonly maxProbes: number;
  /** Successful probes that close it again; ≥1. Default 3. One failed probe opens it again. */
  readonly successesToClose: number;
  /**
   * A probe without an outcome after this many ms counts as failed; ≥1. Default 30 000. Without it, probes whose
   * outcome is never reported would keep their places for ever and the breaker would stay half-open and full
   * (resilience4j#903).
   */
  readonly probeTimeoutMs: number;
}

export const DEFAULT_BREAKER_OPTIONS: BreakerOptions = Object.freeze({
  consecutiveFailures: 5,
  failureRate: 0.5,
  minimumCalls: 20,
  windowMs: 60_000,
  openMs: 30_000,
  maxProbes: 3,
  successesToClose: 3,
  probeTimeoutMs: 30_000,
});

/** Fills in defaults. @throws RangeError naming the option that is out of its range. */
export function resolveBreakerOptions(overrides: Partial<BreakerOptions>): BreakerOptions {
  const options = { ...DEFAULT_BREAKER_OPTIONS, ...overrides };
  for (const name of ['consecutiveFailures', 'minimumCalls', 'maxProbes', 'successesToClose'] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1) throw outOfRange(name, options[name]);
  }
  for (const name of ['openMs', 'probeTimeoutMs'] as const) {
    if (!(options[name] >= 1 && Number.isFinite(options[name]))) throw outOfRange(name, options[name]);
  }
  if (!(options.windowMs >= 10 && Number.isFinite(options.windowMs))) {
    throw outOfRange('windowMs', options.windowMs);
  }
  if (!(options.failureRate > 0 && options.failureRate <= 1)) {
    throw outOfRange('failureRate', options.failureRate);
  }
  return options;
}

function outOfRange(name: keyof BreakerOptions, value: number): RangeError {
  return new RangeError(`circuit breaker option ${name} is out of range: ${value}`);
}
