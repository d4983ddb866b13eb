import { type BreakerOptions, resolveBreakerOptions } from './breaker-options.ts';
import type { BreakerSnapshot, BreakerState } from './breaker-snapshot.ts';
import { OutcomeWindow } from './outcome-window.ts';
import type { Permit } from './permit.ts';
import { ProbeSlots } from './probe-slots.ts';

/**
 * Stops calling a target that fails, and finds out with a few probes when it is back.
 *
 * Form: resilience4j's CircuitBreaker (closed, open, half-open over a sliding window) with Envoy's rule of
 * failures in a row. Time moves it lazily: every method first brings the state up to `nowMs`, so there is no timer,
 * and what a method answers depends on outcomes and times only, not on how often it was asked.
 *
 * Every permit must come back once, by `onSuccess`, `onFailure` or `onAbandoned`. One that doesn't only matters
 * while half-open, where its time limit ends it.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  readonly #window: OutcomeWindow;
  readonly #probes: ProbeSlots;
  #state: BreakerState = 'closed';
  #epoch = 0;
  #callPermit: Permit = callPermit(0);
  #consecutiveFailures = 0;
  #probeSuccesses = 0;
  #retryAtMs = 0;
  #timesOpened = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(overrides: Partial<BreakerOptions> = {}) {
    this.#options = resolveBreakerOptions(overrides);
    this.#window = new OutcomeWindow(this.#options.windowMs);
    this.#probes = new ProbeSlots(this.#options.maxProbes);
  }

  /** Leave to call the target now, or undefined: go elsewhere. */
  tryAcquire(nowMs: number): Permit | undefined {
    switch (this.state(nowMs)) {
      case 'closed':
        return this.#callPermit;
      case 'open':
        return undefined;
      case 'half_open':
        return this.#probes.tryStart({
          epoch: this.#epoch,
          expiresAtMs: nowMs + this.#options.probeTimeoutMs,
        });
    }
  }

  /** Whether `tryAcquire` would give leave now; takes no place. For choosing among candidates. */
  admits(nowMs: number): boolean {
    const state = this.state(nowMs);
    return state === 'closed' || (state === 'half_open' && !this.#probes.full);
  }

  /** The call did what it should; for a stream, its first token has come. */
  onSuccess(permit: Permit, nowMs: number): void {
    this.state(nowMs);
    if (permit.epoch !== this.#epoch) return;
    if (permit.kind === 'probe') {
      if (this.#probes.end(permit)) this.#countProbeSuccess();
      return;
    }
    this.#consecutiveFailures = 0;
    this.#window.addSuccess(nowMs);
  }

  /** The call failed in a way that says something about the target; a caller's own mistake is a success here. */
  onFailure(permit: Permit, nowMs: number): void {
    this.state(nowMs);
    if (permit.epoch !== this.#epoch) return;
    if (permit.kind === 'probe') {
      if (this.#probes.end(permit)) this.#open(nowMs);
      return;
    }
    this.#consecutiveFailures += 1;
    this.#window.addFailure(nowMs);
    if (this.#hasFailedEnough()) this.#open(nowMs);
  }

  /** The call ended without saying anything about the target (the caller went away): only the place is given back. */
  onAbandoned(permit: Permit, nowMs: number): void {
    this.state(nowMs);
    this.#probes.end(permit);
  }

  /** The state at `nowMs`, which must not be earlier than in calls before. */
  state(nowMs: number): BreakerState {
    if (this.#state === 'half_open') {
      const lostAtMs = this.#probes.earliestExpiryMs;
      // Reopened from the moment the probe ran out, not from when somebody looks: an idle target is not kept waiting.
      if (lostAtMs <= nowMs) this.#open(lostAtMs);
    }
    if (this.#state === 'open' && nowMs >= this.#retryAtMs) this.#halfOpen();
    return this.#state;
  }

  snapshot(nowMs: number): BreakerSnapshot {
    const state = this.state(nowMs);
    this.#window.expire(nowMs);
    const { calls, failures } = this.#window;
    return {
      state,
      consecutiveFailures: this.#consecutiveFailures,
      windowCalls: calls,
      windowFailures: failures,
      failureRate: calls === 0 ? undefined : failures / calls,
      probesInFlight: this.#probes.inFlight,
      probeSuccesses: this.#probeSuccesses,
      retryAtMs: state === 'open' ? this.#retryAtMs : undefined,
      timesOpened: this.#timesOpened,
    };
  }

  #hasFailedEnough(): boolean {
    const { consecutiveFailures, minimumCalls, failureRate } = this.#options;
    if (this.#consecutiveFailures >= consecutiveFailures) return true;
    return this.#window.calls >= minimumCalls && this.#window.failures >= failureRate * this.#window.calls;
  }

  #countProbeSuccess(): void {
    this.#probeSuccesses += 1;
    if (this.#probeSuccesses >= this.#options.successesToClose) this.#close();
  }

  #open(atMs: number): void {
    this.#beginPeriod('open');
    this.#retryAtMs = atMs + this.#options.openMs;
    this.#timesOpened += 1;
  }

  #halfOpen(): void {
    this.#beginPeriod('half_open');
    this.#probeSuccesses = 0;
  }

  #close(): void {
    this.#beginPeriod('closed');
    this.#callPermit = callPermit(this.#epoch);
    this.#consecutiveFailures = 0;
    this.#window.clear();
  }

  /** A new epoch makes the outcomes of calls from before count for nothing: they tell about the period before. */
  #beginPeriod(state: BreakerState): void {
    this.#state = state;
    this.#epoch += 1;
    this.#probes.clear();
  }
}

function callPermit(epoch: number): Permit {
  return { kind: 'call', epoch, expiresAtMs: Number.POSITIVE_INFINITY };
}
