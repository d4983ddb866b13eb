import { ERROR_CLASSES, type ErrorClass } from '@switchyard/llm';
import {
  CircuitBreaker,
  LatencyWindow,
  ObservationRecorder,
  PeakEwma,
  type Permit,
  SuccessRate,
} from '@switchyard/resilience';

/** What this replica knows of one offering from its own calls: outlives snapshots. */
export class OfferingRuntime {
  readonly breaker = new CircuitBreaker();
  /** Counts for the next observation. */
  readonly recorder = new ObservationRecorder();
  /** The last 300 seconds at this replica. */
  readonly window = new LatencyWindow();
  /** Calls under way. */
  active = 0;
  readonly #latency = new PeakEwma();
  readonly #successRate = new SuccessRate();
  #calledAtMs: number | undefined;

  /** Peak EWMA of the time to the first token, in milliseconds; undefined before the first success. */
  get latencyMs(): number | undefined {
    return this.#latency.valueMs;
  }

  /** Share of the calls of the last 300 s that succeeded, 0 to 1; undefined without calls. */
  successRate(nowMs: number): number | undefined {
    return this.#successRate.at(nowMs);
  }

  /** Since the last call began, in milliseconds; undefined where there was none. */
  idleMs(nowMs: number): number | undefined {
    return this.#calledAtMs === undefined ? undefined : Math.max(0, nowMs - this.#calledAtMs);
  }

  /** A call begins; whoever ends it takes it from `active`. */
  began(nowMs: number): void {
    this.active++;
    this.#calledAtMs = nowMs;
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
    this.#latency.observe(firstTokenMs, nowMs);
    this.#successRate.succeeded(nowMs);
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
    this.#successRate.failed(nowMs);
  }
}
