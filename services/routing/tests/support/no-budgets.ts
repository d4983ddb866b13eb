import { systemClock } from '@switchyard/kernel';
import { EMPTY_BOOK } from '../../src/domain/budget/budget-book.ts';
import { BudgetLeases } from '../../src/runtime/budgets/budget-leases.ts';

/** Hard budgets of an installation that has none. */
export function noBudgets(): BudgetLeases {
  const leases = new BudgetLeases({
    owner: 'o',
    clock: systemClock,
    onWaited: () => undefined,
    onRefused: () => undefined,
  });
  leases.setBook(EMPTY_BOOK);
  return leases;
}
