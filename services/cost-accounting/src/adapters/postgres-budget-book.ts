import { type BudgetWindow, windowAt } from '@switchyard/budget';
import type { Postgres } from '@switchyard/service-kit';
import type { Budget } from '../domain/budget/budget.ts';
import { downgradesOf } from '../domain/budget/downgrades.ts';
import type { BudgetBook } from '../ports.ts';
import type { PostgresBudgetIndex } from './postgres-budget-index.ts';

/** Gives the budget book in force; makes it anew only where budgets have changed or a window has ended. */
export class PostgresBudgetBook {
  readonly #postgres: Postgres;
  readonly #index: PostgresBudgetIndex;
  #made: { readonly budgetVersion: string; readonly untilMs: number; readonly book: BudgetBook } | undefined;

  constructor(postgres: Postgres, index: PostgresBudgetIndex) {
    this.#postgres = postgres;
    this.#index = index;
  }

  current(nowMs: number): Promise<BudgetBook> {
    return this.#postgres.asSystem(async (transaction) => {
      const { version, index } = await this.#index.read(transaction);
      const made = this.#made;
      if (made?.budgetVersion === version && nowMs < made.untilMs) return made.book;
      const budgets = index.binding(nowMs).map((budget) => ({ budget, windows: windowsFrom(budget, nowMs) }));
      const acting = index.acting(nowMs);
      const ends = [...budgets.map(({ windows: [present] }) => present), ...acting].map((one) => one?.endMs);
      const untilMs = ends.reduce<number>(
        (soonest, endMs) => Math.min(soonest, endMs ?? soonest),
        Number.POSITIVE_INFINITY,
      );
      const downgrades = downgradesOf(acting);
      const book = {
        version: Number.isFinite(untilMs) ? `${version}.${untilMs}` : version,
        budgets,
        downgrades,
      };
      this.#made = { budgetVersion: version, untilMs, book };
      return book;
    });
  }
}

function windowsFrom({ rule }: Budget, nowMs: number): BudgetWindow[] {
  const present = windowAt(rule, nowMs);
  return Number.isFinite(present.endMs) ? [present, windowAt(rule, present.endMs)] : [present];
}
