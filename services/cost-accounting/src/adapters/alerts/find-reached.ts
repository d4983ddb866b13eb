import type { Transaction } from '@switchyard/service-kit';
import type { Reached, ReachedKind } from '../../domain/budget/reached.ts';
import { type BudgetRow, budgetOfRow } from '../budget-row.ts';

/** Usage may arrive so much later than its window has ended, and is still told of. */
const LATE_MS = 3_600_000;

// What the window has reached by what is spent, and was not told of. Amounts times percents do not fit into 64 bits.
const FIND = `
  SELECT budget.*, known.start_ms, known.end_ms, known.spent, reached.kind, reached.percent,
    coalesce((SELECT sum(greatest(0, granted - returned - settled)) FROM cost_accounting.budget_leases AS lease
      WHERE lease.budget = known.budget AND lease.start_ms = known.start_ms), 0) AS leased
  FROM cost_accounting.budget_windows AS known
  JOIN cost_accounting.budgets AS budget ON budget.number = known.budget
  CROSS JOIN LATERAL (
    SELECT DISTINCT 'threshold' AS kind, percent FROM unnest(budget.alert_percents || budget.action_percents) AS percent
      WHERE known.spent::numeric * 100 >= budget.limit_amount::numeric * percent
    UNION ALL
    SELECT 'exhausted', 0 WHERE known.spent >= budget.limit_amount OR known.refused_at IS NOT NULL
  ) AS reached
  WHERE (known.end_ms IS NULL OR known.end_ms > $1) AND budget.throttles IS NULL
    AND NOT EXISTS (SELECT FROM cost_accounting.budget_alerts AS told
      WHERE told.budget = known.budget AND told.start_ms = known.start_ms
        AND told.kind = reached.kind AND told.percent = reached.percent)
  ORDER BY known.budget, known.start_ms, reached.percent = 0, reached.percent LIMIT $2`;

interface ReachedRow extends BudgetRow {
  readonly start_ms: string;
  readonly end_ms: string | null;
  readonly spent: string;
  readonly leased: string;
  readonly kind: ReachedKind;
  readonly percent: number;
}

/** Finds what windows have reached that nobody was told of, lower percents first. */
export async function findReached(
  transaction: Transaction,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly Reached[]> {
  const { rows } = await transaction.query<ReachedRow>({
    name: 'find-reached',
    text: FIND,
    values: [nowMs - LATE_MS, limit],
  });
  return rows.map((row) => ({
    budget: budgetOfRow(row),
    standing: {
      startMs: Number(row.start_ms),
      endMs: row.end_ms === null ? Number.POSITIVE_INFINITY : Number(row.end_ms),
      spent: BigInt(row.spent),
      leased: BigInt(row.leased),
    },
    kind: row.kind,
    percent: row.percent,
  }));
}
