import { unreachable } from '@switchyard/kernel';
import { CircuitBreaker, type Permit } from '@switchyard/resilience';
import type { ConnectorLimits } from './connector.ts';

/** Leave to make one call; its end must be told once. */
export interface Admission {
  /** @param nowMs monotonic */
  end(outcome: 'success' | 'failure' | 'abandoned', nowMs: number): void;
}

/** Why a call may not be made now. */
export type Refusal =
  | { readonly reason: 'CONNECTOR_BUSY' }
  | { readonly reason: 'CIRCUIT_OPEN'; readonly retryAfterMs: number | undefined };

/** Breaker and places of one connector at one replica. */
export class ConnectorGate {
  readonly #breaker: CircuitBreaker;
  readonly #maxConcurrency: number;
  #inFlight = 0;

  constructor({ failureThreshold, openSeconds, maxConcurrency, timeoutMs }: ConnectorLimits) {
    this.#maxConcurrency = maxConcurrency;
    this.#breaker = new CircuitBreaker({
      consecutiveFailures: failureThreshold,
      openMs: openSeconds * 1000,
      // A probe is lost when it has outlived the call's own limit.
      probeTimeoutMs: timeoutMs + 5_000,
      maxProbes: 1,
      successesToClose: 1,
    });
  }

  /** Calls under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** @param nowMs monotonic */
  isOpen(nowMs: number): boolean {
    return this.#breaker.state(nowMs) !== 'closed';
  }

  /** @param nowMs monotonic */
  admit(nowMs: number): Admission | Refusal {
    // The place first: a breaker's probe must not be taken by a call that finds no place.
    if (this.#inFlight >= this.#maxConcurrency) return { reason: 'CONNECTOR_BUSY' };
    const permit = this.#breaker.tryAcquire(nowMs);
    if (permit === undefined) {
      const { retryAtMs } = this.#breaker.snapshot(nowMs);
      return {
        reason: 'CIRCUIT_OPEN',
        retryAfterMs: retryAtMs === undefined ? undefined : retryAtMs - nowMs,
      };
    }
    this.#inFlight += 1;
    return { end: (outcome, endedAtMs) => this.#end(permit, { outcome, endedAtMs }) };
  }

  #end(
    permit: Permit,
    { outcome, endedAtMs }: { outcome: 'success' | 'failure' | 'abandoned'; endedAtMs: number },
  ): void {
    this.#inFlight -= 1;
    switch (outcome) {
      case 'success':
        this.#breaker.onSuccess(permit, endedAtMs);
        break;
      case 'failure':
        this.#breaker.onFailure(permit, endedAtMs);
        break;
      case 'abandoned':
        this.#breaker.onAbandoned(permit, endedAtMs);
        break;
      default:
        unreachable(outcome);
    }
  }
}
