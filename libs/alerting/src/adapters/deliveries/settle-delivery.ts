import type { Transaction } from '@switchyard/service-kit';
import type { DeliveryNext } from '../../domain/delivery-plan.ts';

/** What came of a try of which delivery. */
export interface SettledDelivery {
  /** Schema of the service; a name of its code, never of a caller. */
  readonly schema: string;
  readonly id: string;
  readonly next: DeliveryNext;
}

/** Keeps what came of a try. */
export async function settleDelivery(
  transaction: Transaction,
  { schema, id, next }: SettledDelivery,
): Promise<void> {
  if (next.kind === 'again') {
    await transaction.query(
      `UPDATE ${schema}.alert_deliveries
          SET next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond', last_error = $3
        WHERE id = $1 AND state = 'pending'`,
      [id, next.afterMs, next.reason],
    );
    return;
  }
  await transaction.query(
    `UPDATE ${schema}.alert_deliveries SET state = $2, ended_at = clock_timestamp(), last_error = $3
      WHERE id = $1 AND state = 'pending'`,
    [id, next.kind, next.kind === 'failed' ? next.reason : ''],
  );
}
