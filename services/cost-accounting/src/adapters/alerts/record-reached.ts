import { insertDeliveries } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';
import { noticeOf, type Reached } from '../../domain/budget/reached.ts';
import { SCHEMA } from './schema.ts';

const INSERT = `
  INSERT INTO cost_accounting.budget_alerts (id, budget, start_ms, kind, percent, spent, leased, limit_amount)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (budget, start_ms, kind, percent) DO NOTHING`;

/** Keeps that a window has reached something, together with who is to be told; does nothing where that is kept already. */
export async function recordReached(
  transaction: Transaction,
  reached: Reached,
  { newId, nowMs }: { readonly newId: () => string; readonly nowMs: number },
): Promise<void> {
  const { budget, standing, kind, percent } = reached;
  const alertId = newId();
  const { rowCount } = await transaction.query(INSERT, [
    ...[alertId, budget.number, standing.startMs, kind, percent],
    ...[standing.spent, standing.leased, budget.limit],
  ]);
  if (rowCount !== 1) return;
  const notice = noticeOf(reached, { alertId, nowMs });
  const { tenant, receivers } = budget;
  await insertDeliveries(transaction, { schema: SCHEMA, tenant, receivers, notice, newId });
}
