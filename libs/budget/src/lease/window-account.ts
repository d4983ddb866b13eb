import { least, most } from './amounts.ts';
import { type Lease, outstanding } from './lease.ts';

/** What a grant is measured by. */
export interface GrantOptions {
  /** What is granted at least, or nothing. Default: 0, whatever suits. */
  readonly needed?: bigint;
  /** Mean of the replica's holds. */
  readonly meanHold: bigint;
  /** Replicas that share the window, from 1. */
  readonly replicas: number;
}

/** What an account stands on. */
export interface AccountState {
  /** Whether something may be granted: the window is the present one or the next. */
  readonly isOpen: boolean;
  readonly limit: bigint;
  readonly spent: bigint;
  /** By replica. */
  readonly leases: ReadonlyMap<string, Lease>;
}

const NO_LEASE: Lease = { granted: 0n, returned: 0n, settled: 0n };
/** A slice is worth so many holds, where there is enough. */
const HOLDS_OF_A_SLICE = 16n;

/**
 * One window of one budget, as cost-accounting keeps it. What is spent and what replicas may still spend are never more than the limit
 * together: only {@link grant} adds to it, and only as far as something is left.
 */
export class WindowAccount implements AccountState {
  readonly isOpen: boolean;
  readonly limit: bigint;
  #spent: bigint;
  readonly #leases: Map<string, Lease>;
  #leased = 0n;

  constructor({ isOpen, limit, spent, leases }: AccountState) {
    this.isOpen = isOpen;
    this.limit = limit;
    this.#spent = spent;
    this.#leases = new Map(leases);
    for (const lease of leases.values()) this.#leased += outstanding(lease);
  }

  get spent(): bigint {
    return this.#spent;
  }

  get leases(): ReadonlyMap<string, Lease> {
    return this.#leases;
  }

  /** What all replicas may still spend, or have spent and the ledger does not know yet. */
  get leased(): bigint {
    return this.#leased;
  }

  /** What can be granted; below 0 where the limit was lowered under what is spent. */
  get left(): bigint {
    return this.limit - this.#spent - this.#leased;
  }

  /** What others than this replica have, and might give back. */
  leasedByOthers(owner: string): bigint {
    return this.#leased - outstanding(this.#leases.get(owner) ?? NO_LEASE);
  }

  /** A replica tells what it has: what it gave back is there again; what it has been granted, it has. */
  told(owner: string, { granted, returned }: Pick<Lease, 'granted' | 'returned'>): void {
    const known = this.#leases.get(owner) ?? NO_LEASE;
    this.#replace(owner, {
      ...known,
      granted: most(known.granted, granted),
      returned: most(known.returned, returned),
    });
  }

  /**
   * Grants a slice: half of an equal share of what is left, but no more than the replica soon needs, and at least one hold. What goes beyond
   * the need is for whole holds: parts of one would lie unused at every replica, and together be what the last attempt lacks.
   *
   * @returns how much was granted; 0 where what is needed is not left
   */
  grant(owner: string, { needed = 0n, meanHold, replicas }: GrantOptions): bigint {
    if (!this.isOpen) return 0n;
    const { left } = this;
    const share = left / BigInt(2 * replicas);
    const worthwhile = most(HOLDS_OF_A_SLICE * meanHold, left / 100n);
    const useful = most(least(share, worthwhile), meanHold);
    const spare = most(useful - needed, 0n);
    const slice = needed + (meanHold > 0n ? spare - (spare % meanHold) : spare);
    const amount = slice <= left ? slice : needed;
    if (amount <= 0n || amount > left) return 0n;
    const known = this.#leases.get(owner) ?? NO_LEASE;
    this.#replace(owner, { ...known, granted: known.granted + amount });
    return amount;
  }

  /** The ledger has usage: of a replica's lease, or, without one, of what no lease was taken for. */
  spend(owner: string | undefined, amount: bigint): void {
    this.#spent += amount;
    const known = owner === undefined ? undefined : this.#leases.get(owner);
    if (owner !== undefined && known !== undefined)
      this.#replace(owner, { ...known, settled: known.settled + amount });
  }

  /** A replica is gone and the ledger has all of its usage: nothing more comes, and the rest is there again. */
  close(owner: string): void {
    const known = this.#leases.get(owner);
    if (known !== undefined)
      this.#replace(owner, { ...known, returned: known.returned + outstanding(known) });
  }

  #replace(owner: string, lease: Lease): void {
    this.#leased += outstanding(lease) - outstanding(this.#leases.get(owner) ?? NO_LEASE);
    this.#leases.set(owner, lease);
  }
}
