import type { Transaction } from '@switchyard/service-kit';
import type { AlertNotice } from '../../domain/alert-notice.ts';
import { ATTEMPT_LEASE_MS, MAX_ATTEMPTS } from '../../domain/delivery-plan.ts';

/** One try of telling one receiver of one thing, as it is kept in `alert_deliveries`. */
export interface ClaimedDelivery {
  readonly id: string;
  /** Owner of the receiver, as its row has it. */
  readonly tenant: string;
  /** '' for NATS. */
  readonly receiverId: string;
  readonly notice: AlertNotice;
  /** Tries so far, this one included. */
  readonly attempts: number;
}

/** Where deliveries are kept, and how many are taken at the most. */
export interface ClaimOptions {
  /** Schema of the service; a name of its code, never of a caller. */
  readonly schema: string;
  readonly limit: number;
}

/**
 * Takes what is due to be told. A try is counted before it is made, and no other begins before its time is over: whoever is
 * killed in between neither loses a delivery nor tries for ever. A receiver is told of an alert's end after its beginning, and what
 * another replica takes at this moment is left to it.
 */
export async function claimDeliveries(
  transaction: Transaction,
  { schema, limit }: ClaimOptions,
): Promise<readonly ClaimedDelivery[]> {
  await transaction.query(
    `UPDATE ${schema}.alert_deliveries
        SET state = 'failed', ended_at = clock_timestamp(), last_error = 'it is not known whether it arrived'
      WHERE state = 'pending' AND attempts >= $1 AND next_attempt_at <= clock_timestamp()`,
    [MAX_ATTEMPTS],
  );
  const { rows } = await transaction.query<Omit<ClaimedDelivery, 'receiverId'> & { receiver: string }>(
    `WITH due AS (
       SELECT id FROM ${schema}.alert_deliveries AS d
        WHERE state = 'pending' AND next_attempt_at <= clock_timestamp()
          AND NOT EXISTS (SELECT FROM ${schema}.alert_deliveries AS earlier
                           WHERE earlier.alert_id = d.alert_id AND earlier.receiver = d.receiver
                             AND earlier.place < d.place AND earlier.state = 'pending')
        ORDER BY next_attempt_at, place LIMIT $1 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE ${schema}.alert_deliveries AS d
          SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
         FROM due WHERE d.id = due.id
       RETURNING d.id, d.tenant, d.receiver, d.notice, d.attempts, d.place
     )
     SELECT id, tenant, receiver, notice, attempts FROM claimed ORDER BY place`,
    [limit, ATTEMPT_LEASE_MS],
  );
  return rows.map(({ receiver, ...row }) => ({ ...row, receiverId: receiver }));
}
