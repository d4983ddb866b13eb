import { listDeliveries } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';
import type { AlertPage, StoredAlert } from '../../ports.ts';
import { ownerOf, SCHEMA, tenantOf } from '../health-rows.ts';
import type { AlertRow } from './alert-rows.ts';

/** Alerts of one owner with their deliveries, the newest first: their ids are in the order of time. */
export async function listAlerts(
  transaction: Transaction,
  { tenant, openOnly, beforeId, limit }: AlertPage,
): Promise<readonly StoredAlert[]> {
  const { rows } = await transaction.query<AlertRow>(
    `SELECT * FROM health_probe.alerts
      WHERE tenant = $1 AND ($2 = false OR state <> 'resolved') AND ($3::uuid IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`,
    [ownerOf(tenant), openOnly, beforeId ?? null, limit],
  );
  const alertIds = rows.map(({ id }) => id);
  const deliveries = await listDeliveries(transaction, { schema: SCHEMA, alertIds });
  return rows.map((row) => ({
    ...{ id: row.id, tenant: tenantOf(row.tenant), rule: row.rule, provider: row.provider, state: row.state },
    providerTenant: tenantOf(row.provider_tenant),
    value: row.value ?? undefined,
    badSince: row.bad_since,
    firedAt: row.fired_at ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    deliveries: deliveries.get(row.id) ?? [],
  }));
}
