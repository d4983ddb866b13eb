import { actionInForce, type BudgetAction } from './budget-action.ts';
import type { ActingBudget } from './budget-index.ts';

/** Requests are decided by something cheaper, because a budget runs low. */
export interface DowngradeInForce extends ActingBudget {
  readonly action: Extract<BudgetAction, { kind: 'downgrade' }>;
}

/** The downgrades of budgets that run low: of each the one of the highest percent. */
export const downgradesOf = (acting: readonly ActingBudget[]): readonly DowngradeInForce[] =>
  acting.flatMap((one) => {
    const action = actionInForce(one.budget.actions, 'downgrade', one.percent);
    return action === undefined ? [] : [{ ...one, action }];
  });
