/** Options of {@link PeakEwma}. */
export interface PeakEwmaOptions {
  /** How fast old latencies are forgotten: after so many milliseconds they count 1/e. Above 0. Default 10,000. */
  readonly decayMs: number;
}

/** Ten seconds, as in Finagle. */
export const DEFAULT_PEAK_EWMA: PeakEwmaOptions = { decayMs: 10_000 };

/**
 * Moving average of latencies that follows a rise at once and a fall slowly, by how much time has passed and not by how
 * many calls: `cost = rtt > cost ? rtt : cost·w + rtt·(1 − w)`, `w = e^(−Δt/τ)`.
 *
 * Source: Finagle's PeakEwma (com.twitter.finagle.loadbalancer). Unlike there the value does not sink while nothing is
 * measured; {@link decayedLatencyMs} tells what it would be, for choosing, so that one that was slow is tried again.
 */
export class PeakEwma {
  readonly #decayMs: number;
  #valueMs: number | undefined;
  #measuredAtMs = 0;

  /** @throws RangeError where decayMs is not above 0 */
  constructor({ decayMs }: PeakEwmaOptions = DEFAULT_PEAK_EWMA) {
    if (!(decayMs > 0)) throw new RangeError(`peak EWMA decayMs: ${decayMs}`);
    this.#decayMs = decayMs;
  }

  /** In milliseconds; undefined before the first latency. */
  get valueMs(): number | undefined {
    return this.#valueMs;
  }

  /** Adds a latency. What is no time (negative, not finite) is passed over. */
  observe(latencyMs: number, nowMs: number): void {
    if (!(latencyMs >= 0 && latencyMs < Number.POSITIVE_INFINITY)) return;
    const sinceMs = Math.max(0, nowMs - this.#measuredAtMs);
    this.#measuredAtMs = nowMs;
    const before = this.#valueMs;
    if (before === undefined || latencyMs > before) {
      this.#valueMs = latencyMs;
      return;
    }
    const kept = Math.exp(-sinceMs / this.#decayMs);
    this.#valueMs = before * kept + latencyMs * (1 - kept);
  }
}

/** What a latency counts for after so long without a call, in milliseconds: it sinks towards 0. */
export const decayedLatencyMs = (
  latencyMs: number,
  idleMs: number,
  { decayMs }: PeakEwmaOptions = DEFAULT_PEAK_EWMA,
): number => latencyMs * Math.exp(-Math.max(0, idleMs) / decayMs);
