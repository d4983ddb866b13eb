import { unreachable } from '@switchyard/kernel';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { StatedBudget } from '../domain/budget/budget.ts';
import {
  type BudgetPlan,
  budgetsAfter,
  type PlannedBudget,
  planBudgets,
} from '../domain/budget/plan-budgets.ts';
import { findTooMany } from '../domain/budget/too-many-budgets.ts';
import { tooManyBudgets } from '../errors.ts';
import type { BudgetApplication, WallClock } from '../ports.ts';
import { countUpBudgets, lockBudgets } from './budget-lock.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { type CountedPast, countPast } from './count-past.ts';
import { changeBudget, deleteBudget, insertBudget } from './write-budgets.ts';

const CURRENT = 'SELECT * FROM cost_accounting.budgets WHERE tenant = ANY ($1) AND throttles IS NULL';

/** Brings budgets to what is wanted, in one transaction. A dry run only looks: nobody waits for it. @throws TOO_MANY_BUDGETS */
export function applyBudgets(
  postgres: Postgres,
  { wanted, pruned, mode }: BudgetApplication,
  clock: WallClock,
): Promise<BudgetPlan> {
  return postgres.asSystem(async (transaction) => {
    const looked = await planNow(transaction, { wanted, pruned });
    if (isNothing(looked) || mode === 'plan') return looked;
    const pasts = new Map<StatedBudget, CountedPast>();
    for (const { action, budget } of looked.changes)
      if (action === 'add') pasts.set(budget, await countPast(transaction, budget, clock.wallMs()));
    await lockBudgets(transaction);
    // Others may have changed budgets meanwhile.
    const plan = await planNow(transaction, { wanted, pruned });
    if (isNothing(plan)) return plan;
    const nowMs = clock.wallMs();
    for (const change of plan.changes)
      await make(transaction, change, async (budget) => {
        const past = pasts.get(budget) ?? (await countPast(transaction, budget, nowMs));
        return { past, nowMs };
      });
    await countUpBudgets(transaction);
    return plan;
  });
}

/** @throws TOO_MANY_BUDGETS */
async function planNow(
  transaction: Transaction,
  { wanted, pruned }: Pick<BudgetApplication, 'wanted' | 'pruned'>,
): Promise<BudgetPlan> {
  const owners = new Set(wanted.map(({ tenant }) => tenant));
  if (pruned !== undefined) owners.add(pruned);
  const { rows } = await transaction.query<BudgetRow>(CURRENT, [[...owners]]);
  const current = rows.map(budgetOfRow);
  const plan = planBudgets({ current, wanted, pruned });
  if (isNothing(plan)) return plan;
  const most = findTooMany(budgetsAfter(current, plan.changes));
  if (most !== undefined) throw tooManyBudgets(most);
  return plan;
}

const isNothing = ({ violations, changes }: BudgetPlan): boolean =>
  violations.length > 0 || changes.length === 0;

async function make(
  transaction: Transaction,
  { action, budget }: PlannedBudget,
  pastOf: (budget: StatedBudget) => Promise<{ readonly past: CountedPast; readonly nowMs: number }>,
): Promise<void> {
  switch (action) {
    case 'add':
      await insertBudget(transaction, budget, await pastOf(budget));
      return;
    case 'change':
      await changeBudget(transaction, budget, budget);
      return;
    case 'remove':
      await deleteBudget(transaction, budget);
      return;
    default:
      unreachable(action);
  }
}
