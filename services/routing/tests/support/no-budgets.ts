import { systemClock } from '@switchyard/kernel';
import { BudgetLeases } from '../../src/runtime/budgets/budget-leases.ts';

/** Hard budgets of an installation that has none. */
export const noBudgets = (): BudgetLeases =>
  new BudgetLeases({ owner: 'o', clock: systemClock, onWaited: () => undefined, onRefused: () => undefined });
