import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { Budget, BudgetScope } from './budget.ts';
import { actionInForce } from './budget-action.ts';

const FIELDS = [
  'keyId',
  'provider',
  'model',
  'service',
  'agent',
  'workflow',
] as const satisfies readonly (keyof BudgetScope)[];

/** A window in which a budget does something about requests. */
export interface ActingWindow {
  /** The budget's. */
  readonly number: number;
  /** Actions up to it are in force. */
  readonly percent: number;
  /** Infinity where it has no end. */
  readonly endMs: number;
}

/** A budget that does something about requests now. */
export interface ActingBudget extends Omit<ActingWindow, 'number'> {
  readonly budget: Budget;
}

/** Finds the budgets that an entry counts for. */
export class BudgetIndex {
  readonly #byNumber: ReadonlyMap<number, Budget>;
  /** By tenant, and where a budget is of one key, by both. */
  readonly #byOwner: ReadonlyMap<string, readonly Budget[]>;
  readonly #acting: readonly ActingBudget[];

  constructor(budgets: readonly Budget[], acting: readonly ActingWindow[] = []) {
    this.#byNumber = new Map(budgets.map((budget) => [budget.number, budget]));
    // Throttles count what is held against them, and nothing else.
    const counting = budgets.filter(({ throttle }) => throttle === undefined);
    this.#byOwner = Map.groupBy(counting, ({ tenant, scope }) => ownerText(tenant, scope.keyId));
    this.#acting = acting.flatMap(({ number, ...window }) => {
      const budget = this.#byNumber.get(number);
      return budget === undefined ? [] : [{ budget, ...window }];
    });
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#byNumber.size === 0;
  }

  /** Budgets that run low now, and how long they do something about it. */
  acting(nowMs: number): readonly ActingBudget[] {
    return this.#acting.filter(({ endMs }) => nowMs < endMs);
  }

  /** Those that attempts are held against now: hard ones, and of each budget that runs low the throttle in force. */
  binding(nowMs: number): Budget[] {
    const acting = new Map(this.acting(nowMs).map((one) => [one.budget.number, one]));
    return [...this.#byNumber.values()].filter(({ refuses, throttle }) => {
      if (throttle === undefined) return refuses;
      const of = acting.get(throttle.of);
      const inForce = of && actionInForce(of.budget.actions, 'throttle', of.percent);
      return inForce?.atPercent === throttle.atPercent;
    });
  }

  get(number: number): Budget | undefined {
    return this.#byNumber.get(number);
  }

  /** The installation's and the tenant's own that the entry is in the scope of. */
  covering(entry: Pick<LedgerEntry, 'tenant' | keyof BudgetScope>): Budget[] {
    const covering: Budget[] = [];
    // A set: an entry without a key has '' twice.
    for (const owner of new Set([
      ownerText('', ''),
      ownerText('', entry.keyId),
      ownerText(entry.tenant, ''),
      ownerText(entry.tenant, entry.keyId),
    ]))
      for (const budget of this.#byOwner.get(owner) ?? [])
        if (FIELDS.every((field) => budget.scope[field] === '' || budget.scope[field] === entry[field]))
          covering.push(budget);
    return covering;
  }
}

const ownerText = (tenant: string, keyId: string): string => `${tenant}\n${keyId}`;
