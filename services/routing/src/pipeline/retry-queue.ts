import type { Random } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';
import { fullJitterDelayMs } from '@switchyard/resilience';
import type { RankedCandidate } from '../domain/decide/decide.ts';

/** A candidate that failed in a way that may pass. */
export interface Retryable {
  readonly candidate: RankedCandidate;
  /** When it may be asked again, monotonic. */
  readonly notBeforeMs: number;
}

/** The candidates of one request that may be asked again: when they said, else after a backoff with full jitter. */
export class RetryQueue {
  readonly #random: Random;
  readonly #failures = new Map<RankedCandidate, number>();
  #waiting: Retryable[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** A candidate has failed. */
  failed(candidate: RankedCandidate, error: ProviderError, nowMs: number): void {
    if (!error.sameProviderRetry) return;
    const retry = this.#failures.get(candidate) ?? 0;
    this.#failures.set(candidate, retry + 1);
    const delayMs = error.retryAfterMs ?? fullJitterDelayMs({ retry, random: this.#random });
    this.#waiting.push({ candidate, notBeforeMs: nowMs + delayMs });
  }

  /** The one that may be asked first. */
  take(): Retryable | undefined {
    const soonest = this.#waiting.reduce<Retryable | undefined>(
      (best, one) => (best !== undefined && best.notBeforeMs <= one.notBeforeMs ? best : one),
      undefined,
    );
    this.#waiting = this.#waiting.filter((one) => one !== soonest);
    return soonest;
  }
}
