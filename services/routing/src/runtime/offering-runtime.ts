import { ERROR_CLASSES, type ErrorClass, type ProviderError } from '@switchyard/llm';
import {
  CircuitBreaker,
  GradientLimit,
  HedgeBudget,
  LatencyWindow,
  ObservationRecorder,
  PeakEwma,
  type Permit,
  RetryGate,
  SuccessRate,
  ToldLimits,
} from '@switchyard/resilience';
import type { Refusal } from '../domain/limits/refusal.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import { CoolDown } from './cool-down.ts';
import { SlowPercentile } from './slow-percentile.ts';

/** Failures that say that a target has more to do than it can. */
const TOLD_BY_LOAD: ReadonlySet<ErrorClass> = new Set(['overloaded', 'rate_limited', 'timeout']);

/** A call that has failed. */
export interface FailedCall {
  readonly error: Pick<ProviderError, 'class' | 'retryAfterMs'>;
  readonly permit: Permit | undefined;
  readonly nowMs: number;
  readonly wallMs: number;
}

/** What this replica knows of one offering from its own calls: outlives snapshots. */
export class OfferingRuntime {
  readonly breaker = new CircuitBreaker();
  /** Bounds the retries that go here. */
  readonly retries = new RetryGate();
  readonly coolDown = new CoolDown();
  /** What its answers have told of its limits. */
  readonly told = new ToldLimits();
  /** Bounds the hedges beside calls here. */
  readonly hedges = new HedgeBudget();
  readonly #percentile = new SlowPercentile();
  /** Counts for the next observation. */
  readonly recorder = new ObservationRecorder();
  /** The last 300 seconds at this replica. */
  readonly window = new LatencyWindow();
  /** Calls under way. */
  active = 0;
  readonly #latency = new PeakEwma();
  readonly #gradient = new GradientLimit();
  readonly #successRate = new SuccessRate();
  #calledAtMs: number | undefined;

  /** Why it wants no call now, by what its answers told and by how fast they come; undefined where nothing is known against one. */
  refusal(
    { adaptiveConcurrency }: Pick<ConfiguredProvider, 'adaptiveConcurrency'>,
    { tokens, nowMs }: { readonly tokens: number; readonly nowMs: number },
  ): Refusal | undefined {
    const told = this.told.refusal(tokens, nowMs);
    if (told !== undefined) return { source: 'provider', ...told };
    const { limit } = this.#gradient;
    if (!adaptiveConcurrency || this.active < limit) return undefined;
    return { source: 'adaptive', limit, leftMs: Math.max(1, this.latencyMs ?? 1) };
  }

  /** Peak EWMA of the time to the first token, in milliseconds; undefined before the first success. */
  get latencyMs(): number | undefined {
    return this.#latency.valueMs;
  }

  /** 95th percentile of the time to the first token over the last 300 s, in milliseconds; undefined where too little is known. */
  slowMs(nowMs: number): number | undefined {
    return this.#percentile.of(this.window, nowMs);
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
    this.retries.onSuccess();
  }

  /** The call has succeeded. */
  succeeded({ firstTokenMs, totalMs }: { firstTokenMs: number; totalMs: number }, nowMs: number): void {
    const measured = { latencyMs: firstTokenMs, totalLatencyMs: totalMs };
    this.recorder.recordSuccess(measured);
    this.window.recordSuccess(measured, nowMs);
    this.#latency.observe(firstTokenMs, nowMs);
    this.#gradient.observe(firstTokenMs, this.active);
    this.#successRate.succeeded(nowMs);
  }

  /** The call was ended since another one was faster: it would have taken longer than so. */
  outrun(elapsedMs: number, nowMs: number): void {
    if (elapsedMs > (this.latencyMs ?? 0)) this.#latency.observe(elapsedMs, nowMs);
  }

  /** The call has failed; only what the target is to blame for counts against it. */
  failed({ error, permit, nowMs, wallMs }: FailedCall): void {
    const errorClass = error.class;
    if (errorClass === 'cancelled') {
      if (permit !== undefined) this.breaker.onAbandoned(permit, nowMs);
      return;
    }
    const { countsAgainstHealth, sameProviderRetry } = ERROR_CLASSES[errorClass];
    if (!countsAgainstHealth && errorClass !== 'rate_limited') {
      this.answered(permit, nowMs);
      return;
    }
    this.retries.onFailure();
    if (TOLD_BY_LOAD.has(errorClass)) this.#gradient.overloaded();
    if (permit !== undefined) {
      if (countsAgainstHealth) this.breaker.onFailure(permit, nowMs);
      else this.breaker.onSuccess(permit, nowMs);
    }
    if (sameProviderRetry) this.#coolDown(error, { nowMs, wallMs });
    this.recorder.recordFailure(errorClass);
    this.window.recordFailure(errorClass, nowMs);
    this.#successRate.failed(nowMs);
  }

  /** A pause that is asked for is kept. One that is not is made where most calls are refused: asking on would change nothing. */
  #coolDown(
    { class: errorClass, retryAfterMs }: FailedCall['error'],
    at: { readonly nowMs: number; readonly wallMs: number },
  ): void {
    if (retryAfterMs === undefined && (errorClass !== 'rate_limited' || !this.retries.mostlyFails)) return;
    this.coolDown.begin({ retryAfterMs, ...at });
  }
}
