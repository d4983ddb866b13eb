import type { UpdateBudgetRequest, UpdateBudgetResponse } from '@switchyard/contracts/cost';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { BudgetAction } from '../domain/budget/budget-action.ts';
import { readActions } from '../domain/budget/read-actions.ts';
import {
  alertProblems,
  descriptionProblems,
  limitProblems,
  receiverProblems,
} from '../domain/budget/read-budget.ts';
import { budgetNotFound } from '../errors.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';
import type { BudgetContext } from './create-budget.ts';
import { refuseUnknownReceivers } from './refuse-unknown-receivers.ts';

/** Changes a budget's limit, alerts, receivers, actions and description. */
export const updateBudget =
  ({ budgets, receivers, clock }: BudgetContext): UnaryHandler<UpdateBudgetRequest, UpdateBudgetResponse> =>
  async (request, { principal }) => {
    const { id, limit, description } = request;
    const name = { tenant: budgetTenant(principal, request.tenant), id };
    const alertPercents = request.alertPercents?.percents;
    const ids = request.receivers?.ids;
    const violations: FieldViolation[] = [
      ...problems('limit', limit === undefined ? [] : limitProblems(limit)),
      ...problems('description', description === undefined ? [] : descriptionProblems(description)),
      ...problems('alert_percents', alertPercents === undefined ? [] : alertProblems(alertPercents)),
      ...problems('receivers', ids === undefined ? [] : receiverProblems(ids)),
    ];
    let actions: readonly BudgetAction[] | undefined;
    if (request.actions !== undefined) {
      // What may be done depends on what the budget is for, which never changes.
      const known = await budgets.get(name, clock.wallMs());
      if (known === undefined) throw budgetNotFound(id);
      const read = readActions(request.actions, { field: 'actions.actions', scope: known.budget.scope });
      if (read.ok) actions = read.value;
      else violations.push(...read.error);
    }
    const [first, ...further] = violations;
    if (first !== undefined) throw invalidArgument(first, ...further);
    await refuseUnknownReceivers(receivers, { tenant: name.tenant, ids: ids ?? [], field: 'receivers.ids' });
    const change = { limit, alertPercents, description, receivers: ids, actions };
    const updated = await budgets.update(name, change, clock.wallMs());
    if (updated === undefined) throw budgetNotFound(id);
    return { budget: budgetMessage(updated) };
  };

const problems = (field: string, descriptions: readonly string[]): FieldViolation[] =>
  descriptions.map((description) => ({ field, description }));
