import { BudgetReached } from '@switchyard/contracts/events';
import type { Transaction } from '@switchyard/service-kit';
import type { BudgetUnit } from '../../domain/budget/budget.ts';
import type { BudgetAction } from '../../domain/budget/budget-action.ts';
import type { ReachedKind } from '../../domain/budget/reached.ts';

const READ = `
  SELECT budget.tenant, budget.id, budget.unit, told.kind, told.percent, told.spent, told.leased, told.limit_amount,
    told.start_ms, known.end_ms, told.fired_at, budget.actions
  FROM cost_accounting.budget_alerts AS told
  JOIN cost_accounting.budget_windows AS known USING (budget, start_ms)
  JOIN cost_accounting.budgets AS budget ON budget.number = told.budget
  WHERE told.id = $1`;

interface AlertRow {
  readonly tenant: string;
  readonly id: string;
  readonly unit: BudgetUnit;
  readonly kind: ReachedKind;
  readonly percent: number;
  readonly spent: string;
  readonly leased: string;
  readonly limit_amount: string;
  readonly start_ms: string;
  readonly end_ms: string | null;
  readonly fired_at: Date;
  readonly actions: readonly BudgetAction[];
}

/** Reads an alert as NATS is told of it, and of what kind it is; undefined where its budget is gone. */
export async function readReached(
  transaction: Transaction,
  alertId: string,
): Promise<{ readonly kind: ReachedKind; readonly event: BudgetReached } | undefined> {
  const { rows } = await transaction.query<AlertRow>(READ, [alertId]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const event = BudgetReached.fromPartial({
    ...{ alertId, tenant: row.tenant, budget: row.id, unit: row.unit, percent: row.percent },
    ...{ limit: BigInt(row.limit_amount), spent: BigInt(row.spent), leased: BigInt(row.leased) },
    windowStart: row.start_ms === '0' ? undefined : new Date(Number(row.start_ms)),
    windowEnd: row.end_ms === null ? undefined : new Date(Number(row.end_ms)),
    occurredAt: row.fired_at,
    actions: row.actions
      .filter(({ atPercent }) => row.kind === 'threshold' && atPercent === row.percent)
      .map(({ kind }) => kind),
  });
  return { kind: row.kind, event };
}
