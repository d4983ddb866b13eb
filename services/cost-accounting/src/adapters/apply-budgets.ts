import { unreachable } from '@switchyard/kernel';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import { type BudgetPlan, type PlannedBudget, planBudgets } from '../domain/budget/plan-budgets.ts';
import type { BudgetApplication } from '../ports.ts';
import { countUpBudgets, lockBudgets } from './budget-lock.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { changeBudget, deleteBudget, insertBudget } from './write-budgets.ts';

/** Ends the transaction of a dry run: it has been tried, and nothing of it stays. */
class DryRun extends Error {}

/** Brings budgets to what is wanted, in one transaction; a dry run does the same and takes it back. */
export async function applyBudgets(
  postgres: Postgres,
  { wanted, pruned, mode }: BudgetApplication,
  nowMs: number,
): Promise<BudgetPlan> {
  let plan: BudgetPlan = { changes: [], violations: [] };
  try {
    await postgres.asSystem(async (transaction) => {
      await lockBudgets(transaction);
      const owners = new Set([
        ...wanted.map(({ tenant }) => tenant),
        ...(pruned === undefined ? [] : [pruned]),
      ]);
      const { rows } = await transaction.query<BudgetRow>(
        'SELECT * FROM cost_accounting.budgets WHERE tenant = ANY ($1) AND throttles IS NULL',
        [[...owners]],
      );
      plan = planBudgets({ current: rows.map(budgetOfRow), wanted, pruned });
      if (plan.violations.length > 0 || plan.changes.length === 0) return;
      // What goes makes room for what comes.
      for (const change of plan.changes)
        if (change.action === 'remove') await make(transaction, change, nowMs);
      for (const change of plan.changes)
        if (change.action !== 'remove') await make(transaction, change, nowMs);
      await countUpBudgets(transaction);
      if (mode === 'plan') throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return plan;
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
