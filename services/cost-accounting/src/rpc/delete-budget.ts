import type { DeleteBudgetRequest, DeleteBudgetResponse } from '@switchyard/contracts/cost';
import type { UnaryHandler } from '@switchyard/service-kit';
import { budgetNotFound } from '../errors.ts';
import type { BudgetStore } from '../ports.ts';
import { budgetTenant } from './budget-tenant.ts';

/** Removes a budget. */
export const deleteBudget =
  (budgets: BudgetStore): UnaryHandler<DeleteBudgetRequest, DeleteBudgetResponse> =>
  async ({ id, tenant }, { principal }) => {
    if (!(await budgets.remove({ tenant: budgetTenant(principal, tenant), id }))) throw budgetNotFound(id);
    return {};
  };
