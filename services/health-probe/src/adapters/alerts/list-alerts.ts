import type { Transaction } from '@switchyard/service-kit';
import type { AlertPage, StoredAlert } from '../../ports.ts';
import { ownerOf, tenantOf } from '../health-rows.ts';
import type { AlertRow } from './alert-rows.ts';

interface DeliveryRow {
  readonly id: string;
  readonly alert_id: string;
  readonly receiver: string;
  readonly event: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly last_error: string;
  readonly next_attempt_at: Date;
  readonly ended_at: Date | null;
}

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
  const deliveries = await transaction.query<DeliveryRow>(
    `SELECT id, alert_id, receiver, notice ->> 'event' AS event, state, attempts, last_error, next_attempt_at, ended_at
       FROM health_probe.alert_deliveries WHERE alert_id = ANY ($1) ORDER BY place`,
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => ({
    ...{ id: row.id, tenant: tenantOf(row.tenant), rule: row.rule, provider: row.provider, state: row.state },
    providerTenant: tenantOf(row.provider_tenant),
    value: row.value ?? undefined,
    badSince: row.bad_since,
    firedAt: row.fired_at ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
    deliveries: deliveries.rows
      .filter((one) => one.alert_id === row.id)
      .map((one) => ({
        ...{ id: one.id, receiver: one.receiver, event: one.event, state: one.state, attempts: one.attempts },
        lastError: one.last_error,
        nextAttemptAt: one.state === 'pending' ? one.next_attempt_at : undefined,
        endedAt: one.ended_at ?? undefined,
      })),
  }));
}
