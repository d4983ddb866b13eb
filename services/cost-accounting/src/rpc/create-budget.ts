import type { CreateBudgetRequest, CreateBudgetResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readBudget } from '../domain/budget/read-budget.ts';
import { budgetExists } from '../errors.ts';
import type { BudgetStore } from '../ports.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';

/** Makes a budget. */
export const createBudget =
  (budgets: BudgetStore, clock: Clock): UnaryHandler<CreateBudgetRequest, CreateBudgetResponse> =>
  async ({ budget }, { principal }) => {
    if (budget === undefined) throw invalidArgument({ field: 'budget', description: 'is required' });
    const stated = readBudget({ ...budget, tenant: budgetTenant(principal, budget.tenant) });
    if (!stated.ok) throw invalidArgument(...stated.error);
    const created = await budgets.create(stated.value, clock.wallMs());
    if (created === undefined) throw budgetExists(stated.value.id);
    return { budget: budgetMessage(created) };
  };
