import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, ServiceError } from '@switchyard/kernel';
import type { LeasedBatch, PostgresBatchWork } from '../adapters/postgres-batch-work.ts';
import type { BatchState } from '../domain/batch/batch.ts';

/** How often a lease is renewed, and a wish to cancel noticed. */
const RENEW_MS = 2_000;
/** How long a store that is away is left alone. */
const AWAY_MS = 1_000;

/** A batch that this process works on, for as long as it has the lease. */
export class HeldLease {
  readonly leased: LeasedBatch;
  readonly #work: PostgresBatchWork;
  readonly #pause = new AbortController();
  readonly #lost = new AbortController();
  readonly #renewing: NodeJS.Timeout;
  readonly #expiring: NodeJS.Timeout;
  #state: BatchState;
  #isExpired = false;

  constructor(
    leased: LeasedBatch,
    { work, clock }: { readonly work: PostgresBatchWork; readonly clock: Clock },
  ) {
    this.leased = leased;
    this.#work = work;
    this.#state = leased.batch.state;
    if (this.#state === 'cancelling') this.#pause.abort();
    const leftMs = Math.max(0, leased.batch.expiresAtMs - clock.wallMs());
    this.#expiring = setTimeout(() => this.#expire(), leftMs).unref();
    this.#renewing = setInterval(() => void this.renew().catch(() => undefined), RENEW_MS).unref();
  }

  /** As far as is known. */
  get state(): BatchState {
    return this.#state;
  }

  /** Its time has passed. */
  get isExpired(): boolean {
    return this.#isExpired;
  }

  /** No further line begins: it was cancelled, its time passed, or this process is to leave it. */
  get pause(): AbortSignal {
    return this.#pause.signal;
  }

  /** Nothing more can be stored. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Lets what is under way end, and begins nothing. */
  leave(): void {
    this.#pause.abort();
  }

  /** Ends what is under way, too. */
  lose(): void {
    this.#pause.abort();
    this.#lost.abort();
  }

  /** Keeps the lease, and learns the state. @throws UNAVAILABLE */
  async renew(): Promise<void> {
    const state = await this.#work.renew(this.leased);
    if (state === undefined) this.lose();
    else this.enter(state);
  }

  /** The batch has come into a state. */
  enter(state: BatchState): void {
    this.#state = state;
    if (state === 'cancelling') this.#pause.abort();
  }

  /** Stores something, waiting as long as the store is away. @returns undefined where the lease is lost meanwhile */
  async stored<T>(store: () => Promise<T>): Promise<T | undefined> {
    while (!this.#lost.signal.aborted) {
      try {
        return await store();
      } catch (error) {
        if (!(error instanceof ServiceError && error.code === 'UNAVAILABLE')) throw error;
        await sleep(AWAY_MS, undefined, { signal: this.#lost.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#renewing);
    clearTimeout(this.#expiring);
  }

  #expire(): void {
    this.#isExpired = true;
    this.#pause.abort();
  }
}
