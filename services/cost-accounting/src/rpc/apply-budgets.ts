import type {
  ApplyBudgetsRequest,
  ApplyBudgetsResponse,
  Budget as BudgetMessage,
} from '@switchyard/contracts/cost';
import { ChangeAction, type ConfigurationChange } from '@switchyard/contracts/routing';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { Principal, UnaryHandler } from '@switchyard/service-kit';
import type { StatedBudget } from '../domain/budget/budget.ts';
import type { PlannedBudget } from '../domain/budget/plan-budgets.ts';
import { readBudget } from '../domain/budget/read-budget.ts';
import { budgetTenant } from './budget-tenant.ts';
import type { BudgetContext } from './create-budget.ts';
import { askedOnce, refuseUnknownReceivers } from './refuse-unknown-receivers.ts';

const MAX_BUDGETS = 1_000;

/** Brings budgets to what is given, all or nothing. */
export const applyBudgets =
  ({ budgets, receivers, clock }: BudgetContext): UnaryHandler<ApplyBudgetsRequest, ApplyBudgetsResponse> =>
  async (request, { principal }) => {
    const owner = budgetTenant(principal, request.tenant);
    const wanted = readAll(request, principal);
    const known = askedOnce(receivers);
    for (const [i, { tenant, receivers: ids }] of wanted.entries())
      await refuseUnknownReceivers(known, { tenant, ids, field: `budgets[${i}].receivers` });
    const application = {
      ...{ wanted, pruned: request.prune ? owner : undefined },
      mode: request.dryRun ? ('plan' as const) : ('write' as const),
    };
    const { changes, violations } = await budgets.apply(application, clock);
    refuse(violations);
    return { changes: changes.map(changeMessage) };
  };

function readAll({ budgets, tenant }: ApplyBudgetsRequest, principal: Principal): StatedBudget[] {
  if (budgets.length > MAX_BUDGETS)
    throw invalidArgument({ field: 'budgets', description: `must be at most ${MAX_BUDGETS}` });
  const violations: FieldViolation[] = [];
  const wanted = budgets.flatMap((budget, i) => {
    const read = readOne(budget, { tenant, principal });
    if (read.ok) return [read.value];
    violations.push(
      ...read.error.map(({ field, description }) => ({
        field: field.replace(/^budget\b/, `budgets[${i}]`),
        description,
      })),
    );
    return [];
  });
  refuse(violations);
  return wanted;
}

function readOne(
  budget: BudgetMessage,
  { tenant, principal }: { readonly tenant: string; readonly principal: Principal },
): ReturnType<typeof readBudget> {
  if (tenant !== '' && budget.tenant !== '' && budget.tenant !== tenant)
    return {
      ok: false,
      error: [{ field: 'budget.tenant', description: `must be ${JSON.stringify(tenant)}, or left out` }],
    };
  return readBudget({ ...budget, tenant: budgetTenant(principal, budget.tenant || tenant) });
}

function refuse([first, ...further]: readonly FieldViolation[]): void {
  if (first !== undefined) throw invalidArgument(first, ...further);
}

const ACTIONS = {
  add: ChangeAction.ADDED,
  change: ChangeAction.CHANGED,
  remove: ChangeAction.REMOVED,
} as const;

const changeMessage = ({ action, budget, fields }: PlannedBudget): ConfigurationChange => ({
  ...{ kind: 'budget', tenant: budget.tenant, id: budget.id, action: ACTIONS[action] },
  fields: fields.map((field) => ({ ...field })),
});
