import type { Transaction } from '@switchyard/service-kit';
import { countUpBudgets } from '../budget-lock.ts';

const PERCENT = `coalesce((SELECT max(percent) FROM unnest(budget.action_percents) AS percent
  WHERE win.spent::numeric * 100 >= budget.limit_amount::numeric * percent), 0)`;
// Also back, where a limit was raised or an action was taken away. Windows are locked in the order of `budget-lock`, before they are changed.
const SET = `
  WITH due AS MATERIALIZED (
    SELECT win.budget, win.start_ms, ${PERCENT} AS percent
    FROM cost_accounting.budget_windows AS win
    JOIN cost_accounting.budgets AS budget ON budget.number = win.budget
    WHERE (win.end_ms IS NULL OR win.end_ms > $1) AND (budget.action_percents <> '{}' OR win.acting_percent > 0)
      AND win.acting_percent <> ${PERCENT}
    ORDER BY win.budget, win.start_ms FOR NO KEY UPDATE OF win
  )
  UPDATE cost_accounting.budget_windows AS known SET acting_percent = due.percent
  FROM due WHERE known.budget = due.budget AND known.start_ms = due.start_ms`;

/** Puts into force, or out of it, what budgets do about requests, by what is spent of their present windows. */
export async function setActing(transaction: Transaction, nowMs: number): Promise<void> {
  const { rowCount } = await transaction.query({ name: 'set-acting', text: SET, values: [nowMs] });
  // Replicas ask for the book again.
  if ((rowCount ?? 0) > 0) await countUpBudgets(transaction);
}
