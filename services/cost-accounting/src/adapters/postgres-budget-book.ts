import { type BudgetWindow, windowAt } from '@switchyard/budget';
import type { Postgres } from '@switchyard/service-kit';
import type { Budget } from '../domain/budget/budget.ts';
import { downgradesOf } from '../domain/budget/downgrades.ts';
import type { BudgetBook } from '../ports.ts';
import type { PostgresBudgetIndex } from './postgres-budget-index.ts';

/** A book, and for which budgets and times it is: the clock may be set back, too. */
interface MadeBook {
  readonly budgetVersion: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly book: BudgetBook;
}

/** Gives the budget book in force; makes it anew only where budgets have changed or another window is the present one. */
export class PostgresBudgetBook {
  readonly #postgres: Postgres;
  readonly #index: PostgresBudgetIndex;
  #made: MadeBook | undefined;

  constructor(postgres: Postgres, index: PostgresBudgetIndex) {
    this.#postgres = postgres;
    this.#index = index;
  }

  current(nowMs: number): Promise<BudgetBook> {
    return this.#postgres.asSystem(async (transaction) => {
      const { version, index } = await this.#index.read(transaction);
      const made = this.#made;
      if (made?.budgetVersion === version && made.sinceMs <= nowMs && nowMs < made.untilMs) return made.book;
      const budgets = index.binding(nowMs).map((budget) => ({ budget, windows: windowsFrom(budget, nowMs) }));
      const acting = index.acting(nowMs);
      const present = budgets.map(({ windows: [first] }) => first as BudgetWindow);
      const sinceMs = Math.max(...present.map(({ startMs }) => startMs), Number.NEGATIVE_INFINITY);
      const untilMs = Math.min(
        ...[...present, ...acting].map(({ endMs }) => endMs),
        Number.POSITIVE_INFINITY,
      );
      const downgrades = downgradesOf(acting);
      const book = {
        version: Number.isFinite(untilMs) ? `${version}.${untilMs}` : version,
        budgets,
        downgrades,
      };
      this.#made = { budgetVersion: version, sinceMs, untilMs, book };
      return book;
    });
  }
}

function windowsFrom({ rule }: Budget, nowMs: number): BudgetWindow[] {
  const present = windowAt(rule, nowMs);
  return Number.isFinite(present.endMs) ? [present, windowAt(rule, present.endMs)] : [present];
}
