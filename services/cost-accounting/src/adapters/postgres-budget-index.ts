import type { Transaction } from '@switchyard/service-kit';
import { BudgetIndex } from '../domain/budget/budget-index.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';

/** All budgets, as of their version. */
export interface VersionedBudgets {
  readonly version: string;
  readonly index: BudgetIndex;
}

const ACTING = `
  SELECT budget, acting_percent, end_ms FROM cost_accounting.budget_windows
  WHERE acting_percent > 0 AND (end_ms IS NULL OR end_ms > extract(epoch FROM now()) * 1000)`;

interface ActingRow {
  readonly budget: string;
  readonly acting_percent: number;
  readonly end_ms: string | null;
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
    const acting = await transaction.query<ActingRow>(ACTING);
    const windows = acting.rows.map(({ budget, acting_percent, end_ms }) => ({
      number: Number(budget),
      percent: acting_percent,
      endMs: end_ms === null ? Number.POSITIVE_INFINITY : Number(end_ms),
    }));
    this.#known = { version, index: new BudgetIndex(budgets.rows.map(budgetOfRow), windows) };
    return this.#known;
  }
}
