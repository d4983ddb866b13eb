import type { UpdateBudgetRequest, UpdateBudgetResponse } from '@switchyard/contracts/cost';
import { type Clock, type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { alertProblems, descriptionProblems, limitProblems } from '../domain/budget/read-budget.ts';
import { budgetNotFound } from '../errors.ts';
import type { BudgetStore } from '../ports.ts';
import { budgetMessage } from './budget-message.ts';
import { budgetTenant } from './budget-tenant.ts';

/** Changes a budget's limit, alerts and description. */
export const updateBudget =
  (budgets: BudgetStore, clock: Clock): UnaryHandler<UpdateBudgetRequest, UpdateBudgetResponse> =>
  async (request, { principal }) => {
    const { id, limit, description } = request;
    const alertPercents = request.alertPercents?.percents;
    const [first, ...further]: FieldViolation[] = [
      ...problems('limit', limit === undefined ? [] : limitProblems(limit)),
      ...problems('description', description === undefined ? [] : descriptionProblems(description)),
      ...problems('alert_percents', alertPercents === undefined ? [] : alertProblems(alertPercents)),
    ];
    if (first !== undefined) throw invalidArgument(first, ...further);
    const name = { tenant: budgetTenant(principal, request.tenant), id };
    const updated = await budgets.update(name, { limit, alertPercents, description }, clock.wallMs());
    if (updated === undefined) throw budgetNotFound(id);
    return { budget: budgetMessage(updated) };
  };

const problems = (field: string, descriptions: readonly string[]): FieldViolation[] =>
  descriptions.map((description) => ({ field, description }));
