import { type AlertNotice, insertDeliveries } from '@switchyard/alerting';
import { unreachable } from '@switchyard/kernel';
import type { Transaction } from '@switchyard/service-kit';
import type { AlertChange, OpenAlert } from '../../domain/alerts/next-alerts.ts';
import type { LeaseHolder } from '../../ports.ts';
import { dateOf, ownerOf, SCHEMA } from '../health-rows.ts';
import { holdLease } from '../hold-lease.ts';

export interface RecordOptions extends LeaseHolder {
  readonly changes: readonly AlertChange[];
  /** Makes the id of a delivery. */
  readonly newId: () => string;
}

/** Keeps what changed about alerts, together with who is to be told of it. @returns false where another replica holds the lease */
export async function recordAlerts(
  transaction: Transaction,
  { owner, changes, newId }: RecordOptions,
): Promise<boolean> {
  if (!(await holdLease(transaction, { owner }))) return false;
  for (const change of changes) {
    const { kind, alert } = change;
    switch (kind) {
      case 'kept':
        await keep(transaction, alert);
        break;
      case 'fired':
        await keep(transaction, alert);
        await tell(transaction, { alert, notice: change.notice, newId });
        break;
      case 'resolved':
        await resolve(transaction, alert, change.notice);
        await tell(transaction, { alert, notice: change.notice, newId });
        break;
      case 'dropped':
        await transaction.query('DELETE FROM health_probe.alerts WHERE id = $1', [alert.id]);
        break;
      default:
        unreachable(kind);
    }
  }
  return true;
}

async function keep(transaction: Transaction, alert: OpenAlert): Promise<void> {
  const { id, tenant, rule, provider, phase, value, notice, receivers } = alert;
  const isFiring = phase.kind === 'firing';
  await transaction.query(
    `INSERT INTO health_probe.alerts
       (id, tenant, rule, provider_tenant, provider, state, bad_since, good_since, value, fired_at, notice, receivers)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (id) DO UPDATE
       SET state = $6, good_since = $8, value = $9, fired_at = $10, notice = $11, receivers = $12`,
    [
      ...[id, ownerOf(tenant), rule, ownerOf(provider.tenant), provider.provider, phase.kind],
      new Date(phase.sinceMs),
      dateOf(isFiring ? phase.goodSinceMs : undefined),
      value ?? null,
      dateOf(isFiring ? phase.sinceMs : undefined),
      notice === undefined ? null : JSON.stringify(notice),
      receivers,
    ],
  );
}

async function resolve(transaction: Transaction, { id }: OpenAlert, { value, resolvedAtMs }: AlertNotice) {
  await transaction.query(
    "UPDATE health_probe.alerts SET state = 'resolved', resolved_at = $2, value = $3 WHERE id = $1",
    [id, dateOf(resolvedAtMs), value ?? null],
  );
}

interface Told {
  readonly alert: OpenAlert;
  readonly notice: AlertNotice;
  readonly newId: () => string;
}

const tell = (transaction: Transaction, { alert, notice, newId }: Told): Promise<void> =>
  insertDeliveries(transaction, {
    ...{ schema: SCHEMA, tenant: ownerOf(alert.tenant), receivers: alert.receivers },
    ...{ notice, newId },
  });
