import type { LeaseKey } from './lease.ts';

/** What a replica has of a window, as it tells it. */
export interface ToldLease extends LeaseKey {
  /** All that it knows to be granted. */
  readonly granted: bigint;
  /** All that it gave back. What it names was never held for an attempt. */
  readonly returned: bigint;
  /** Mean of its holds. */
  readonly meanHold: bigint;
  /** Whether it soon has nothing left. */
  readonly runsLow: boolean;
}

/** What an attempt that waits lacks of a window. */
export interface Lack extends LeaseKey {
  /** From 0. */
  readonly amount: bigint;
}

/** What one attempt that waits lacks: all of it, or nothing is granted for it. */
export type LeaseAsk = readonly Lack[];

/** What a replica sends, about once a second and whenever an attempt waits. */
export interface LeaseExchange {
  /** The replica: id of its outbox. */
  readonly owner: string;
  readonly leases: readonly ToldLease[];
  readonly asks: readonly LeaseAsk[];
}

/** What a replica has been granted of a window. */
export interface GrantedLease extends LeaseKey {
  /** All that was ever granted. */
  readonly granted: bigint;
  /** All that it gave back, as far as the grantor knows. */
  readonly returned: bigint;
}

/** How a window stands. */
export interface WindowStanding extends LeaseKey {
  readonly limit: bigint;
  readonly spent: bigint;
  readonly leased: bigint;
}

/** What came of an ask. */
export type AskAnswer =
  | { readonly kind: 'granted' }
  /** A window has less than is needed. */
  | {
      readonly kind: 'short';
      readonly window: WindowStanding;
      /** Whether other replicas have something of it that they might give back. */
      readonly othersHave: boolean;
    }
  /** There is no such window (any more): the budgets have changed. */
  | { readonly kind: 'unknown'; readonly window: LeaseKey };

/** What comes back. */
export interface LeaseAnswer {
  readonly leases: readonly GrantedLease[];
  /** In the order of the asks. */
  readonly asks: readonly AskAnswer[];
}
