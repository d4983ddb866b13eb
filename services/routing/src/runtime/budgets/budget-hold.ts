import type { LeaseHolder, Reservation } from '@switchyard/budget';
import type { LeaseUse, UsageRecord } from '@switchyard/contracts/events';
import { type BudgetCharge, heldUses, realUses } from '../../domain/budget/budget-charge.ts';

/** What is held against budgets for one attempt, until it is settled or given back: whichever comes first counts. */
export interface BudgetHold {
  /** For the record that is booked where the attempt's end is never known. */
  readonly uses: LeaseUse[];
  /** For the record of an attempt that has ended. */
  realUses(used: Pick<UsageRecord, 'costNanoUsd' | 'usage'>): LeaseUse[];
  /** The attempt is written down. @param booked as its record lists them */
  settle(booked: readonly LeaseUse[]): void;
  /** The attempt is not made, and was never written down. */
  cancel(): void;
}

/** No budget counts the attempt. */
export const NO_HOLD: BudgetHold = {
  uses: [],
  realUses: () => [],
  settle: () => undefined,
  cancel: () => undefined,
};

/** What a hold is of. */
export interface HeldLeases {
  readonly holder: LeaseHolder;
  readonly charges: readonly BudgetCharge[];
  readonly reservation: Reservation;
  /** Told once there is room again. */
  readonly onEnd: () => void;
}

/** Money of leases that waits for an attempt's end. */
export class LeaseHold implements BudgetHold {
  readonly #held: HeldLeases;
  #isOpen = true;

  constructor(held: HeldLeases) {
    this.#held = held;
  }

  get uses(): LeaseUse[] {
    return heldUses(this.#held.charges);
  }

  realUses(used: Pick<UsageRecord, 'costNanoUsd' | 'usage'>): LeaseUse[] {
    return realUses(this.#held.charges, used);
  }

  settle(booked: readonly LeaseUse[]): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { holder, reservation, onEnd } = this.#held;
    holder.settle(
      reservation,
      booked.map(({ amount }) => amount),
    );
    onEnd();
  }

  cancel(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { holder, reservation, onEnd } = this.#held;
    holder.cancel(reservation);
    onEnd();
  }
}
