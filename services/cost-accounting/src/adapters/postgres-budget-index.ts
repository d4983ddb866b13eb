import type { Transaction } from '@switchyard/service-kit';
import { BudgetIndex } from '../domain/budget/budget-index.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';

/** All budgets, as of their version. */
export interface VersionedBudgets {
  readonly version: string;
  readonly index: BudgetIndex;
}

/** Reads all budgets; again only where they have changed. */
export class PostgresBudgetIndex {
  #known: VersionedBudgets | undefined;

  async read(transaction: Transaction): Promise<VersionedBudgets> {
    const { rows } = await transaction.query<{ version: string }>({
      name: 'budget-version',
      text: 'SELECT version FROM cost_accounting.budget_version',
    });
    const version = rows[0]?.version ?? '0';
    if (this.#known?.version === version) return this.#known;
    const budgets = await transaction.query<BudgetRow>(
      'SELECT * FROM cost_accounting.budgets ORDER BY number',
    );
    this.#known = { version, index: new BudgetIndex(budgets.rows.map(budgetOfRow)) };
    return this.#known;
  }
}
