import { most } from './amounts.ts';

/** One window of one budget. */
export interface LeaseKey {
  /** The budget's number. */
  readonly budget: number;
  /** When the window begins, wall time in milliseconds. */
  readonly startMs: number;
}

/** A key as text, for maps. */
export const leaseKeyText = ({ budget, startMs }: LeaseKey): string => `${budget}@${startMs}`;

/**
 * What one replica has of one window of a budget, as the grantor knows it, in the budget's unit. Each number only grows, so that
 * messages may be lost, come twice, late, or in another order.
 */
export interface Lease {
  /** All that was ever granted. */
  readonly granted: bigint;
  /** What the replica gave back, unused. */
  readonly returned: bigint;
  /** What the ledger has of its usage. */
  readonly settled: bigint;
}

/** What the replica may still spend, or has spent and the ledger does not know yet. */
export const outstanding = ({ granted, returned, settled }: Lease): bigint =>
  most(0n, granted - returned - settled);
