import { type AlertNotice, ATTEMPT_LEASE_MS, MAX_ATTEMPTS } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';
import type { DueDelivery, LeaseHolder } from '../../ports.ts';
import { tenantOf } from '../health-rows.ts';
import { holdLease } from '../hold-lease.ts';
import { receiverOf } from './receiver-rows.ts';

interface DeliveryRow {
  readonly id: string;
  readonly tenant: string;
  readonly receiver: string;
  readonly notice: AlertNotice;
  readonly attempts: number;
  readonly definition: unknown;
}

/**
 * Takes what is due to be told. A try is counted before it is made, and no other begins before its time is over: whoever is
 * killed in between neither loses a delivery nor tries for ever. A receiver is told of an alert's end after its beginning.
 */
export async function claimDeliveries(
  transaction: Transaction,
  { owner, limit }: LeaseHolder & { readonly limit: number },
): Promise<readonly DueDelivery[]> {
  if (!(await holdLease(transaction, { owner }))) return [];
  await transaction.query(
    `UPDATE health_probe.alert_deliveries
        SET state = 'failed', ended_at = clock_timestamp(), last_error = 'it is not known whether it arrived'
      WHERE state = 'pending' AND attempts >= $1 AND next_attempt_at <= clock_timestamp()`,
    [MAX_ATTEMPTS],
  );
  const { rows } = await transaction.query<DeliveryRow>(
    `WITH due AS (
       SELECT id FROM health_probe.alert_deliveries AS d
        WHERE state = 'pending' AND next_attempt_at <= clock_timestamp()
          AND NOT EXISTS (SELECT FROM health_probe.alert_deliveries AS earlier
                           WHERE earlier.alert_id = d.alert_id AND earlier.receiver = d.receiver
                             AND earlier.place < d.place AND earlier.state = 'pending')
        ORDER BY next_attempt_at, place LIMIT $1
     ), claimed AS (
       UPDATE health_probe.alert_deliveries AS d
          SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
         FROM due WHERE d.id = due.id
       RETURNING d.id, d.tenant, d.receiver, d.notice, d.attempts, d.place
     )
     SELECT claimed.*, r.definition FROM claimed
       LEFT JOIN health_probe.alert_receivers AS r ON r.tenant = claimed.tenant AND r.id = claimed.receiver
      ORDER BY claimed.place`,
    [limit, ATTEMPT_LEASE_MS],
  );
  return rows.map(({ id, tenant, receiver, notice, attempts, definition }) => ({
    ...{ id, tenant: tenantOf(tenant), receiverId: receiver, notice, attempts },
    receiver: definition === null ? undefined : receiverOf(definition),
  }));
}
