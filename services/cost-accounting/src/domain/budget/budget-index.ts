import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { Budget, BudgetScope } from './budget.ts';

const FIELDS = [
  'keyId',
  'provider',
  'model',
  'service',
  'agent',
  'workflow',
] as const satisfies readonly (keyof BudgetScope)[];

/** Finds the budgets that an entry counts for. */
export class BudgetIndex {
  readonly #byNumber: ReadonlyMap<number, Budget>;
  /** By tenant, and where a budget is of one key, by both. */
  readonly #byOwner: ReadonlyMap<string, readonly Budget[]>;

  constructor(budgets: readonly Budget[]) {
    this.#byNumber = new Map(budgets.map((budget) => [budget.number, budget]));
    this.#byOwner = Map.groupBy(budgets, ({ tenant, scope }) => ownerText(tenant, scope.keyId));
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#byNumber.size === 0;
  }

  /** Those that attempts are held against. */
  get binding(): Budget[] {
    return [...this.#byNumber.values()].filter(({ refuses }) => refuses);
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
