import {
  exchangeLeases,
  type LeaseAnswer,
  type LeaseExchange,
  type LeaseKey,
  leaseKeyText,
  WindowAccount,
} from '../src/index.ts';
import type { Mutant } from './mutants.ts';

/** A numbered record in a replica's outbox. */
export interface SimulatedRecord {
  readonly owner: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  readonly uses: readonly (LeaseKey & { readonly amount: bigint })[];
}

/** Forgets that replicas may still spend what they were granted. */
class ForgetfulAccount extends WindowAccount {
  override get left(): bigint {
    return this.limit - this.spent;
  }
}

/** What cost-accounting has in Postgres; each method is one transaction. */
export class SimulatedStore {
  readonly windows = new Map<string, WindowAccount>();
  readonly #mutant: Mutant | undefined;
  readonly #committed = new Map<string, Set<number>>();
  /** Last numbers of outboxes that are closed. */
  readonly #closed = new Map<string, number>();

  constructor(mutant: Mutant | undefined) {
    this.#mutant = mutant;
  }

  open(key: LeaseKey, limit: bigint): void {
    const Account = this.#mutant === 'ignores-leases' ? ForgetfulAccount : WindowAccount;
    const state = { isOpen: true, limit, spent: 0n, leases: new Map() };
    this.windows.set(leaseKeyText(key), new Account(state));
  }

  exchange(exchange: LeaseExchange, replicas: number): LeaseAnswer {
    return exchangeLeases(exchange, { windows: this.windows, replicas });
  }

  ingest({ owner, sequence, uses }: SimulatedRecord): void {
    const committed = this.#committed.get(owner) ?? new Set();
    if (committed.has(sequence) && this.#mutant !== 'counts-twice') return;
    this.#committed.set(owner, committed.add(sequence));
    for (const { amount, ...key } of uses) this.windows.get(leaseKeyText(key))?.spend(owner, amount);
  }

  /** An outbox will have no further record. */
  reportClosed(owner: string, lastSequence: number): void {
    this.#closed.set(owner, lastSequence);
  }

  /** Takes back what is left of replicas that are gone. */
  closeOwners(owners: readonly string[]): void {
    for (const owner of owners) {
      const lastSequence = this.#closed.get(owner);
      const isRead = this.#mutant === 'closes-unread' || this.#committed.get(owner)?.size === lastSequence;
      const isClosed =
        (lastSequence !== undefined && (isRead || lastSequence === 0)) || this.#mutant === 'closes-silent';
      if (isClosed) for (const account of this.windows.values()) account.close(owner);
    }
  }
}
