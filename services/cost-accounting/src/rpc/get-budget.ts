import type { GetBudgetRequest, GetBudgetResponse } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { budgetNotFound } from '../errors.ts';
import type { BudgetStore } from '../ports.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';

/** Gives a budget and how it stands. */
export const getBudget =
  (budgets: BudgetStore, clock: Clock): UnaryHandler<GetBudgetRequest, GetBudgetResponse> =>
  async ({ id, tenant }, { principal }) => {
    const found = await budgets.get({ tenant: budgetTenant(principal, tenant), id }, clock.wallMs());
    if (found === undefined) throw budgetNotFound(id);
    return { budget: budgetMessage(found) };
  };
