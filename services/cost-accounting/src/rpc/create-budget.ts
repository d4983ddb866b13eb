import type { CreateBudgetRequest, CreateBudgetResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readBudget } from '../domain/budget/read-budget.ts';
import { budgetExists } from '../errors.ts';
import type { BudgetStore, KnownReceivers } from '../ports.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';
import { refuseUnknownReceivers } from './refuse-unknown-receivers.ts';

/** What budgets are made and changed with. */
export interface BudgetContext {
  readonly budgets: BudgetStore;
  readonly receivers: KnownReceivers;
  readonly clock: Clock;
}

/** Makes a budget. */
export const createBudget =
  ({ budgets, receivers, clock }: BudgetContext): UnaryHandler<CreateBudgetRequest, CreateBudgetResponse> =>
  async ({ budget }, { principal }) => {
    if (budget === undefined) throw invalidArgument({ field: 'budget', description: 'is required' });
    const stated = readBudget({ ...budget, tenant: budgetTenant(principal, budget.tenant) });
    if (!stated.ok) throw invalidArgument(...stated.error);
    const { tenant, receivers: ids } = stated.value;
    await refuseUnknownReceivers(receivers, { tenant, ids, field: 'budget.receivers' });
    const created = await budgets.create(stated.value, clock);
    if (created === undefined) throw budgetExists(stated.value.id);
    return { budget: budgetMessage(created) };
  };
