import type { DeliveryNext } from '@switchyard/alerting';
import type { Transaction } from '@switchyard/service-kit';

/** Keeps what came of a try. */
export async function settleDelivery(
  transaction: Transaction,
  id: string,
  next: DeliveryNext,
): Promise<void> {
  if (next.kind === 'again') {
    await transaction.query(
      `UPDATE health_probe.alert_deliveries
          SET next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond', last_error = $3
        WHERE id = $1 AND state = 'pending'`,
      [id, next.afterMs, next.reason],
    );
    return;
  }
  await transaction.query(
    `UPDATE health_probe.alert_deliveries SET state = $2, ended_at = clock_timestamp(), last_error = $3
      WHERE id = $1 AND state = 'pending'`,
    [id, next.kind, next.kind === 'failed' ? next.reason : ''],
  );
}
