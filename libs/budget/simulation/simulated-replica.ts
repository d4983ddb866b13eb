import {
  type Charge,
  type Instant,
  type LeaseAnswer,
  type LeaseExchange,
  LeaseHolder,
  type Reservation,
} from '../src/index.ts';
import type { Mutant } from './mutants.ts';
import type { SimulatedRecord } from './simulated-store.ts';

/** One call of a provider. */
export interface SimulatedAttempt {
  readonly reservation: Reservation;
  /** What it costs, of each charge. */
  readonly costs: readonly bigint[];
  /** Whether its hold is in the outbox. */
  readonly isWritten: boolean;
}

export const VALID_MS = 10_000;
/** Clocks jump by less and by more. */
const REMEMBER_MS = 20_000;

/** A routing process: its leases in memory, and its outbox on disk, which may outlive it. */
export class SimulatedReplica {
  readonly owner: string;
  readonly #mutant: Mutant | undefined;
  readonly #holder: LeaseHolder;
  readonly attempts: SimulatedAttempt[] = [];
  /** Charges of attempts that wait for a lease. */
  readonly waiting: { readonly charges: readonly Charge[]; readonly costs: readonly bigint[] }[] = [];
  readonly outbox: SimulatedRecord[] = [];
  /** Attempts that were made. */
  made = 0;
  isAlive = true;
  /** Whether its outbox was closed, by itself or by who found it. */
  isClosed = false;
  isLost = false;

  constructor(owner: string, mutant: Mutant | undefined) {
    this.owner = owner;
    this.#mutant = mutant;
    this.#holder = new LeaseHolder({ owner, validMs: VALID_MS, rememberMs: REMEMBER_MS });
  }

  get holder(): LeaseHolder {
    return this.#holder;
  }

  /** @returns whether the attempt is made; else it may wait */
  begin(charges: readonly Charge[], costs: readonly bigint[], now: Instant): boolean {
    const reservation = this.#holder.reserve(charges, now);
    if (reservation.kind !== 'reserved') return false;
    this.made++;
    this.attempts.push({ reservation, costs, isWritten: this.#mutant !== 'spends-unwritten' });
    return true;
  }

  settle(attempt: SimulatedAttempt): void {
    this.attempts.splice(this.attempts.indexOf(attempt), 1);
    this.#record(attempt, attempt.costs);
    const forgets = this.#mutant === 'forgets-used';
    this.#holder.settle(attempt.reservation, forgets ? attempt.costs.map(() => 0n) : attempt.costs);
  }

  plan(now: Instant): LeaseExchange {
    const exchange = this.#holder.plan(
      this.waiting.map(({ charges }) => charges),
      now,
    );
    if (this.#mutant !== 'returns-held') return exchange;
    const leases = exchange.leases.map((lease) => ({
      ...lease,
      returned: lease.returned + (this.#holder.window(lease)?.held ?? 0n),
    }));
    return { ...exchange, leases };
  }

  apply(answer: LeaseAnswer, sentAt: Instant, now: Instant): void {
    this.#holder.apply(this.#mutant === 'adds-grants' ? this.#added(answer) : answer, sentAt);
    for (const { charges, costs } of this.waiting.splice(0)) this.begin(charges, costs, now);
  }

  /** Whoever finds the outbox of a dead process books what it held, and closes it. */
  recover(): void {
    for (const attempt of this.attempts.splice(0)) {
      const held = attempt.reservation.charges.map(({ amount }) => amount);
      if (attempt.isWritten) this.#record(attempt, held);
    }
    this.isClosed = true;
  }

  #record({ reservation: { charges } }: SimulatedAttempt, amounts: readonly bigint[]): void {
    const uses = charges.map(({ budget, startMs }, i) => ({ budget, startMs, amount: amounts[i] as bigint }));
    this.outbox.push({ owner: this.owner, sequence: this.outbox.length + 1, uses });
  }

  readonly #sums = new Map<string, bigint>();
  #added(answer: LeaseAnswer): LeaseAnswer {
    const leases = answer.leases.map((lease) => {
      const text = `${lease.budget}@${lease.startMs}`;
      const sum = (this.#sums.get(text) ?? 0n) + lease.granted;
      this.#sums.set(text, sum);
      return { ...lease, granted: sum };
    });
    return { ...answer, leases };
  }
}
