import { unreachable } from '@switchyard/kernel';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import {
  type BudgetPlan,
  budgetsAfter,
  type PlannedBudget,
  planBudgets,
} from '../domain/budget/plan-budgets.ts';
import { findTooMany } from '../domain/budget/too-many-budgets.ts';
import { tooManyBudgets } from '../errors.ts';
import type { BudgetApplication } from '../ports.ts';
import { countUpBudgets, lockBudgets } from './budget-lock.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { changeBudget, deleteBudget, insertBudget } from './write-budgets.ts';

const CURRENT = 'SELECT * FROM cost_accounting.budgets WHERE tenant = ANY ($1) AND throttles IS NULL';

/** Brings budgets to what is wanted, in one transaction. A dry run only looks: nobody waits for it. @throws TOO_MANY_BUDGETS */
export function applyBudgets(
  postgres: Postgres,
  { wanted, pruned, mode }: BudgetApplication,
  nowMs: number,
): Promise<BudgetPlan> {
  return postgres.asSystem(async (transaction) => {
    if (mode === 'write') await lockBudgets(transaction);
    const owners = new Set(wanted.map(({ tenant }) => tenant));
    if (pruned !== undefined) owners.add(pruned);
    const { rows } = await transaction.query<BudgetRow>(CURRENT, [[...owners]]);
    const current = rows.map(budgetOfRow);
    const plan = planBudgets({ current, wanted, pruned });
    if (plan.violations.length > 0 || plan.changes.length === 0) return plan;
    const most = findTooMany(budgetsAfter(current, plan.changes));
    if (most !== undefined) throw tooManyBudgets(most);
    if (mode === 'plan') return plan;
    for (const change of plan.changes) await make(transaction, change, nowMs);
    await countUpBudgets(transaction);
    return plan;
  });
}

async function make(
  transaction: Transaction,
  { action, budget }: PlannedBudget,
  nowMs: number,
): Promise<void> {
  switch (action) {
    case 'add':
      await insertBudget(transaction, budget, nowMs);
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
