import { least, most } from './amounts.ts';
import type { GrantedLease, ToldLease } from './exchange.ts';
import type { Instant } from './instant.ts';
import type { LeaseKey } from './lease.ts';

/** What lies unused for so long is given back. */
const IDLE_MS = 5_000;
/** A lease runs low below so many holds. */
const LOW_HOLDS = 4n;
/** How much of the mean the next hold is. */
const MEAN_SHARE = 8n;

/** A replica's lease of one window: what it was granted, gave back, used and holds. */
export class HeldWindow {
  readonly key: LeaseKey;
  /** When the window ends, wall time in milliseconds. */
  readonly endMs: number;
  #granted = 0n;
  #returned = 0n;
  /** What the grantor knows of {@link #returned}. */
  #returnedKnown = 0n;
  #used = 0n;
  #held = 0n;
  #meanHold = 0n;
  #wantedAtMs = Number.NEGATIVE_INFINITY;
  #isRecalled = false;
  /** Whether its budget is no more: then nobody counts what is left of it. */
  isGone = false;

  constructor(key: LeaseKey, endMs: number) {
    this.key = key;
    this.endMs = endMs;
  }

  /** What attempts may take; below 0 where some cost more than was held for them. */
  get room(): bigint {
    return this.#granted - this.#returned - this.#used - this.#held;
  }

  /** What attempts under way hold. */
  get held(): bigint {
    return this.#held;
  }

  /** What attempts that have ended have used. */
  get used(): bigint {
    return this.#used;
  }

  get isRecalled(): boolean {
    return this.#isRecalled;
  }

  get runsLow(): boolean {
    return (
      !this.#isRecalled &&
      !this.isGone &&
      this.#wantedAtMs > Number.NEGATIVE_INFINITY &&
      this.room < LOW_HOLDS * this.#meanHold
    );
  }

  /** An attempt wants to take so much. */
  wanted(amount: bigint, monotonicMs: number): void {
    this.#wantedAtMs = monotonicMs;
    const gap = amount - this.#meanHold;
    // At least by one: else it would stop short of holds that are all alike.
    this.#meanHold += this.#meanHold === 0n ? gap : gap / MEAN_SHARE || least(1n, most(-1n, gap));
  }

  hold(amount: bigint): void {
    this.#held += amount;
  }

  /** @param held what it had taken @param used what it really was */
  settle(held: bigint, used: bigint): void {
    this.#held -= held;
    this.#used += used;
  }

  /** Whether there is nothing to tell of it: nothing is held or left, and all that was given back is known. */
  get isQuiet(): boolean {
    return this.#held === 0n && (this.isGone || (this.room <= 0n && this.#returnedKnown >= this.#returned));
  }

  recall(): void {
    this.#isRecalled = true;
  }

  /** Gives back what is unused where it was recalled, lies idle, or its window has ended. Never what is held. */
  giveBack({ monotonicMs, wallMs }: Instant): void {
    const isIdle = monotonicMs - this.#wantedAtMs >= IDLE_MS;
    if (!(this.#isRecalled || isIdle || wallMs >= this.endMs)) return;
    this.#isRecalled = false;
    this.#wantedAtMs = Number.NEGATIVE_INFINITY;
    this.#returned += most(0n, this.room);
  }

  tell(): ToldLease {
    const { runsLow } = this;
    return {
      ...this.key,
      granted: this.#granted,
      returned: this.#returned,
      meanHold: this.#meanHold,
      runsLow,
    };
  }

  /** Takes over what was granted; what comes late is known already. */
  granted({ granted, returned }: GrantedLease): void {
    this.#granted = most(this.#granted, granted);
    this.#returnedKnown = most(this.#returnedKnown, returned);
    // What the grantor takes for given back may be granted to others.
    this.#returned = most(this.#returned, returned);
  }

  /** Whether its window has ended and nothing of it is left to use or to tell. */
  isSpent(wallMs: number): boolean {
    return wallMs >= this.endMs && this.isQuiet;
  }
}
