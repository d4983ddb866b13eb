import type { Transaction } from '@switchyard/service-kit';
import type { AlertNotice } from '../../domain/alert-notice.ts';

/** NATS is told of every alert, before anybody else. */
const NATS = '';

/** Who is to be told of what. */
export interface NewDeliveries {
  /** Schema of the service; a name of its code, never of a caller. */
  readonly schema: string;
  /** Owner of the alert and its receivers, as rows have it. */
  readonly tenant: string;
  readonly receivers: readonly string[];
  readonly notice: AlertNotice;
  /** Makes the id of a delivery. */
  readonly newId: () => string;
}

/** Keeps what NATS and receivers are to be told, together with the alert that the transaction writes. */
export async function insertDeliveries(
  transaction: Transaction,
  { schema, tenant, receivers, notice, newId }: NewDeliveries,
): Promise<void> {
  for (const receiver of [NATS, ...receivers]) {
    await transaction.query(
      `INSERT INTO ${schema}.alert_deliveries (id, tenant, alert_id, receiver, notice) VALUES ($1, $2, $3, $4, $5)`,
      [newId(), tenant, notice.alertId, receiver, JSON.stringify(notice)],
    );
  }
}
