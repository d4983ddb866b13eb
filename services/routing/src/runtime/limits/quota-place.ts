import type { SharedQuota } from './shared-quota.ts';

/** What a call has taken of one limit. */
export interface TakenQuota {
  readonly quota: SharedQuota;
  readonly units: number;
  readonly slot: number;
}

/** What a call has taken of the limits of whom it goes to. */
export class QuotaPlace {
  readonly #taken: readonly TakenQuota[];

  constructor(taken: readonly TakenQuota[]) {
    this.#taken = taken;
  }

  /** The call has ended: its place is free. */
  end(): void {
    for (const { quota, units, slot } of this.#taken)
      if (quota.quota.measure === 'concurrent_requests') quota.giveBack(units, slot);
  }

  /** What it used is known: what was taken is set right. */
  settle(tokens: number): void {
    for (const { quota, units, slot } of this.#taken)
      if (quota.quota.measure === 'tokens_per_minute' && units !== tokens)
        quota.giveBack(units - tokens, slot);
  }

  /** The call is not made after all. */
  cancel(): void {
    for (const { quota, units, slot } of this.#taken) quota.giveBack(units, slot);
  }
}
