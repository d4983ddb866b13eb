import type { GrantedLease, LeaseAnswer, LeaseAsk, LeaseExchange, ToldLease } from './exchange.ts';
import { HeldWindow } from './held-window.ts';
import type { Instant } from './instant.ts';
import { type LeaseKey, leaseKeyText } from './lease.ts';

/** What an attempt may cost a window at most. */
export interface Charge extends LeaseKey {
  /** When the window ends, wall time in milliseconds. */
  readonly endMs: number;
  /** From 0, in the budget's unit. */
  readonly amount: bigint;
}

/** What of an attempt's charges was not there. */
export type Shortage =
  | { readonly kind: 'short'; readonly charge: Charge }
  /** cost-accounting has not been heard of for so long that leases have run out. */
  | { readonly kind: 'stale' };

/** Money that waits for an attempt's end. */
export interface Reservation {
  readonly kind: 'reserved';
  readonly charges: readonly Charge[];
}

export interface LeaseHolderOptions {
  /** The replica: id of its outbox. */
  readonly owner: string;
  /** How long leases may be used after the exchange that they came with, or that renewed them, was sent. */
  readonly validMs: number;
  /**
   * How long windows are remembered after their end. A clock that is set back by less brings them again with what was used of them; one that
   * is set back by more brings them again closed.
   */
  readonly rememberMs: number;
}

/**
 * One replica's leases of all budgets. Attempts take from them without asking anyone. Pure: times are arguments, and what is to be sent
 * and what was answered goes through {@link plan} and {@link apply}.
 */
export class LeaseHolder {
  readonly #options: LeaseHolderOptions;
  readonly #windows = new Map<string, HeldWindow>();
  #renewedAt: Instant | undefined;
  /** Windows that ended until then are let go: what was used of them is forgotten, so that they must not come again. */
  #forgottenMs = Number.NEGATIVE_INFINITY;

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
  }

  /** What is there for a window: undefined where nothing ever was. */
  window(key: LeaseKey): Pick<HeldWindow, 'room' | 'held' | 'used'> | undefined {
    return this.#windows.get(leaseKeyText(key));
  }

  /** Takes what an attempt may cost of every window, or of none. */
  reserve(charges: readonly Charge[], now: Instant): Reservation | Shortage {
    if (this.#isStale(now)) return { kind: 'stale' };
    for (const charge of charges) {
      if (charge.endMs <= this.#forgottenMs) return { kind: 'short', charge };
      const window = this.#windowOf(charge);
      window.wanted(charge.amount, now.monotonicMs);
      if (window.room < charge.amount) return { kind: 'short', charge };
    }
    for (const charge of charges) this.#windowOf(charge).hold(charge.amount);
    return { kind: 'reserved', charges };
  }

  /** The attempt has ended and is written down. @param amounts what each charge really was */
  settle({ charges }: Reservation, amounts: readonly bigint[]): void {
    charges.forEach((charge, i) => {
      this.#windowOf(charge).settle(charge.amount, amounts[i] as bigint);
    });
  }

  /** The attempt is not made, and was never written down. */
  cancel({ charges }: Reservation): void {
    for (const charge of charges) this.#windowOf(charge).settle(charge.amount, 0n);
  }

  /** Others need what is unused of a window: it goes back with the next exchange. */
  recall(key: LeaseKey): void {
    this.#windows.get(leaseKeyText(key))?.recall();
  }

  /** Budgets that are no more are not told of any more. @param isThere whether a budget of this number is */
  retain(isThere: (budget: number) => boolean): void {
    for (const window of this.#windows.values()) window.isGone = !isThere(window.key.budget);
  }

  /**
   * What is to be sent. What lies unused, or is of a window that has ended, is given back by it.
   *
   * @param waiting what each attempt that waits may cost, in their order
   */
  plan(waiting: readonly (readonly Charge[])[], now: Instant): LeaseExchange {
    const leases: ToldLease[] = [];
    for (const window of this.#windows.values()) {
      window.giveBack(now);
      if (!window.isQuiet || window.runsLow) leases.push(window.tell());
    }
    return { owner: this.#options.owner, leases, asks: this.#asksOf(waiting) };
  }

  /** Takes over what was answered. @param sentAt when the exchange was sent */
  apply({ leases }: LeaseAnswer, sentAt: Instant): void {
    if (this.#renewedAt === undefined || sentAt.monotonicMs > this.#renewedAt.monotonicMs)
      this.#renewedAt = sentAt;
    for (const lease of leases) this.#applyLease(lease);
    for (const [text, window] of this.#windows)
      if (window.isSpent(sentAt.wallMs - this.#options.rememberMs)) {
        this.#windows.delete(text);
        this.#forgottenMs = Math.max(this.#forgottenMs, window.endMs);
      }
  }

  #applyLease(lease: GrantedLease): void {
    // Of a window that is gone here, nothing is in use.
    this.#windows.get(leaseKeyText(lease))?.granted(lease);
  }

  #isStale({ monotonicMs, wallMs }: Instant): boolean {
    const { validMs } = this.#options;
    const since = this.#renewedAt;
    return (
      since === undefined || monotonicMs - since.monotonicMs > validMs || wallMs - since.wallMs > validMs
    );
  }

  #windowOf({ budget, startMs, endMs }: Charge): HeldWindow {
    const text = leaseKeyText({ budget, startMs });
    let window = this.#windows.get(text);
    if (window === undefined) {
      window = new HeldWindow({ budget, startMs }, endMs);
      this.#windows.set(text, window);
    }
    return window;
  }

  /** What those who wait lack, one after the other: what is there is counted for the first of them. */
  #asksOf(waiting: readonly (readonly Charge[])[]): LeaseAsk[] {
    const rooms = new Map<HeldWindow, bigint>();
    return waiting.map((charges) =>
      charges.map((charge) => {
        const { budget, startMs, endMs, amount } = charge;
        if (endMs <= this.#forgottenMs) return { budget, startMs, amount: 0n };
        const window = this.#windowOf(charge);
        const rest = (rooms.get(window) ?? window.room) - amount;
        rooms.set(window, rest < 0n ? 0n : rest);
        return { budget, startMs, amount: rest < 0n ? -rest : 0n };
      }),
    );
  }
}
