/** closed: calls pass. open: calls are refused. half_open: a few probes pass. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** What a breaker knows at one instant; for decision records, metrics and `--explain`. */
export interface BreakerSnapshot {
  readonly state: BreakerState;
  /** Failures in a row, counted while closed. */
  readonly consecutiveFailures: number;
  /** Calls with an outcome inside the sliding window. */
  readonly windowCalls: number;
  readonly windowFailures: number;
  /** `windowFailures / windowCalls`, 0–1; undefined without calls. */
  readonly failureRate: number | undefined;
  /** Probes under way; 0 unless half-open. */
  readonly probesInFlight: number;
  /** Probes that have succeeded in this half-open period. */
  readonly probeSuccesses: number;
  /** When an open breaker lets probes through, monotonic ms; undefined unless open. */
  readonly retryAtMs: number | undefined;
  /** How often it has opened since it was made. */
  readonly timesOpened: number;
}
