import { ERROR_CLASSES, type ErrorClass } from '@switchyard/llm';
import { CircuitBreaker, LatencyWindow, ObservationRecorder, type Permit } from '@switchyard/resilience';

/** Weight of a new latency in the moving average: about the last ten count. */
const EWMA_WEIGHT = 0.2;

/** What this replica knows of one offering from its own calls: outlives snapshots. */
export class OfferingRuntime {
  readonly breaker = new CircuitBreaker();
  /** Counts for the next observation. */
  readonly recorder = new ObservationRecorder();
  /** The last 300 seconds at this replica. */
  readonly window = new LatencyWindow();
  /** Calls under way. */
  active = 0;
  #latencyMs: number | undefined;

  /** Moving average of the time to the first token, in milliseconds; undefined before the first success. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  /** The answer has begun, or is there as a whole: the target works. */
  answered(permit: Permit | undefined, nowMs: number): void {
    if (permit !== undefined) this.breaker.onSuccess(permit, nowMs);
  }

  /** The call has succeeded. */
  succeeded({ firstTokenMs, totalMs }: { firstTokenMs: number; totalMs: number }, nowMs: number): void {
    const measured = { latencyMs: firstTokenMs, totalLatencyMs: totalMs };
    this.recorder.recordSuccess(measured);
    this.window.recordSuccess(measured, nowMs);
    this.#latencyMs =
      this.#latencyMs === undefined
        ? firstTokenMs
        : this.#latencyMs + EWMA_WEIGHT * (firstTokenMs - this.#latencyMs);
  }

  /** The call has failed; only what the target is to blame for counts against it. */
  failed(errorClass: ErrorClass, permit: Permit | undefined, nowMs: number): void {
    if (errorClass === 'cancelled') {
      if (permit !== undefined) this.breaker.onAbandoned(permit, nowMs);
      return;
    }
    if (!ERROR_CLASSES[errorClass].countsAgainstHealth) {
      this.answered(permit, nowMs);
      if (errorClass !== 'rate_limited') return;
    } else if (permit !== undefined) this.breaker.onFailure(permit, nowMs);
    this.recorder.recordFailure(errorClass);
    this.window.recordFailure(errorClass, nowMs);
  }
}
