import { listDeliveries } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';
import type { ReachedKind, StoredBudgetAlert } from '../../domain/budget/reached.ts';
import { SCHEMA } from './schema.ts';

const LIST = `
  SELECT id, kind, percent, spent, leased, limit_amount, fired_at FROM cost_accounting.budget_alerts
  WHERE budget = $1 AND start_ms = $2 ORDER BY fired_at DESC, percent = 0 DESC, percent DESC`;

interface AlertRow {
  readonly id: string;
  readonly kind: ReachedKind;
  readonly percent: number;
  readonly spent: string;
  readonly leased: string;
  readonly limit_amount: string;
  readonly fired_at: Date;
}

/** What one window has reached, the newest first. */
export async function listBudgetAlerts(
  transaction: Transaction,
  { budget, startMs }: { readonly budget: number; readonly startMs: number },
): Promise<readonly StoredBudgetAlert[]> {
  const { rows } = await transaction.query<AlertRow>({
    name: 'budget-alerts',
    text: LIST,
    values: [budget, startMs],
  });
  if (rows.length === 0) return [];
  const deliveries = await listDeliveries(transaction, {
    schema: SCHEMA,
    alertIds: rows.map(({ id }) => id),
  });
  return rows.map((row) => ({
    ...{ id: row.id, kind: row.kind, percent: row.percent, firedAt: row.fired_at },
    ...{ spent: BigInt(row.spent), leased: BigInt(row.leased), limit: BigInt(row.limit_amount) },
    deliveries: deliveries.get(row.id) ?? [],
  }));
}
