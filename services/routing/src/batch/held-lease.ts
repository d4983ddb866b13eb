import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, ServiceError } from '@switchyard/kernel';
import type { LeasedBatch, PostgresBatchWork } from '../adapters/postgres-batch-work.ts';
import type { BatchState } from '../domain/batch/batch.ts';
import type { WorkedBatch } from '../domain/batch/batch-to-leave.ts';

/** How often a lease is renewed, and a wish to cancel noticed. */
const RENEW_MS = 2_000;
/** A lease lasts 15 s: where it was not renewed for so long, somebody else may soon have it. */
const IN_DOUBT_MS = 10_000;
/** How long a store that is away is left alone. */
const AWAY_MS = 1_000;

/** A batch that this process works on, for as long as it has the lease. */
export class HeldLease implements WorkedBatch {
  readonly leased: LeasedBatch;
  readonly #work: PostgresBatchWork;
  readonly #clock: Clock;
  readonly #sinceMs: number;
  readonly #pause = new AbortController();
  readonly #lost = new AbortController();
  readonly #leaving = new AbortController();
  #doubt = new AbortController();
  #renewedAtMs: number;
  readonly #renewing: NodeJS.Timeout;
  readonly #expiring: NodeJS.Timeout;
  #state: BatchState;
  #isExpired = false;
  #isLeft = false;
  #begun = 0;
  #waiting = 0;
  #progressAtMs: number;

  constructor(
    leased: LeasedBatch,
    { work, clock }: { readonly work: PostgresBatchWork; readonly clock: Clock },
  ) {
    this.leased = leased;
    this.#work = work;
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
    this.#progressAtMs = this.#sinceMs;
    this.#renewedAtMs = this.#sinceMs;
    this.#state = leased.batch.state;
    if (this.#state === 'cancelling') this.#pause.abort();
    const leftMs = Math.max(0, leased.batch.expiresAtMs - clock.wallMs());
    this.#expiring = setTimeout(() => this.#expire(), leftMs).unref();
    this.#renewing = setInterval(() => this.#keep(), RENEW_MS).unref();
  }

  get tenant(): string {
    return this.leased.batch.tenant;
  }

  get heldMs(): number {
    return this.#clock.monotonicMs() - this.#sinceMs;
  }

  get standsStillMs(): number {
    const isStill = this.#begun > 0 && this.#waiting === this.#begun;
    return isStill ? this.#clock.monotonicMs() - this.#progressAtMs : 0;
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

  /** Fires when the lease is lost, or may be: what only one process may send is broken off. */
  get unsure(): AbortSignal {
    return AbortSignal.any([this.lost, this.#doubt.signal]);
  }

  /** It is to be given back when what is under way has ended. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Lets what is under way end, and begins nothing. */
  leave(): void {
    this.#isLeft = true;
    this.#pause.abort();
    this.#leaving.abort();
  }

  /** Ends what is under way, too. */
  lose(): void {
    this.#pause.abort();
    this.#lost.abort();
    this.#leaving.abort();
  }

  /** Does a line, counting it as one that has begun until then. */
  async line(ask: () => Promise<void>): Promise<void> {
    this.#begun++;
    try {
      await ask();
    } finally {
      this.#begun--;
      this.#progressAtMs = this.#clock.monotonicMs();
    }
  }

  /** A line waits because it was refused for now; shorter where no further line begins. */
  async wait(waitMs: number): Promise<void> {
    this.#waiting++;
    await this.pauseFor(waitMs);
    this.#waiting--;
  }

  /** Lines are with their providers: nothing of it gets on here for a time, unless it is cancelled, left or lost meanwhile. @param until ends it earlier */
  async rest(restMs: number, until?: AbortSignal): Promise<void> {
    // Of a batch that is cancelled or out of time the end is waited for.
    const end = this.pause.aborted ? this.#leaving.signal : this.pause;
    const signal = until === undefined ? end : AbortSignal.any([end, until]);
    await this.line(async () => {
      this.#waiting++;
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
      this.#waiting--;
    });
  }

  /** Returns after a time, or when no further line begins. */
  async pauseFor(waitMs: number): Promise<void> {
    await sleep(waitMs, undefined, { signal: this.pause }).catch(() => undefined);
  }

  /** Keeps the lease, and learns the state. @throws UNAVAILABLE */
  async renew(): Promise<void> {
    const askedAtMs = this.#clock.monotonicMs();
    const state = await this.#work.renew(this.leased);
    if (state === undefined) return this.lose();
    this.enter(state);
    this.#renewedAtMs = Math.max(this.#renewedAtMs, askedAtMs);
    if (this.#doubt.signal.aborted && !this.#isInDoubt) this.#doubt = new AbortController();
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

  get #isInDoubt(): boolean {
    return this.#clock.monotonicMs() - this.#renewedAtMs >= IN_DOUBT_MS;
  }

  #keep(): void {
    void this.renew().catch(() => undefined);
    if (this.#isInDoubt) this.#doubt.abort();
  }

  #expire(): void {
    this.#isExpired = true;
    this.#pause.abort();
  }
}
