import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { HealthStore, LeaseHolder } from '../ports.ts';

export interface LeadershipOptions {
  readonly store: HealthStore;
  readonly holder: LeaseHolder;
  /** How long the lease lasts without renewal, by the database's clock. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Whether this replica is the one that judges and probes.
 *
 * It believes so for less time than the database does, counted from before it asked and on a clock that goes on while the
 * process stands still; so two replicas never both believe it, and one that was frozen finds out before it does anything.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #loop: Loop;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #isReachable = true;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    // Three tries within the time that is believed in.
    this.#loop = new Loop({ everyMs: options.leaseMs / 4, run: () => this.#renew() });
  }

  get isLeader(): boolean {
    return this.#options.clock.monotonicMs() < this.#heldUntilMs;
  }

  /** Whether the database answered the last time. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Another replica has taken over. */
  lose(): void {
    this.#heldUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Stops, and lets another replica take over at once. */
  async close(): Promise<void> {
    await this.#loop.close();
    const wasLeader = this.isLeader;
    this.lose();
    const { store, holder } = this.#options;
    if (wasLeader) await store.releaseLease(holder).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { store, holder, leaseMs, clock, log } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const wasLeader = this.isLeader;
    try {
      const isHeld = await store.renewLease(holder, leaseMs);
      this.#isReachable = true;
      this.#heldUntilMs = isHeld ? askedAtMs + leaseMs * 0.8 : Number.NEGATIVE_INFINITY;
      if (isHeld !== wasLeader)
        log.info({ leader: isHeld }, isHeld ? 'judges and probes now' : 'another replica judges and probes');
    } catch (error) {
      if (this.#isReachable) log.warn({ err: error }, 'the lease cannot be renewed; trying again');
      this.#isReachable = false;
    }
  }
}
