import type { Transaction } from '@switchyard/service-kit';

/** What became of telling one receiver. */
export interface StoredDelivery {
  readonly id: string;
  readonly receiver: string;
  readonly event: string;
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly lastError: string;
  /** Undefined where it has ended. */
  readonly nextAttemptAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

interface DeliveryRow {
  readonly id: string;
  readonly alert_id: string;
  readonly receiver: string;
  readonly event: string;
  readonly state: StoredDelivery['state'];
  readonly attempts: number;
  readonly last_error: string;
  readonly next_attempt_at: Date;
  readonly ended_at: Date | null;
}

/** Deliveries of alerts, by the alert, in the order in which they came to be. */
export async function listDeliveries(
  transaction: Transaction,
  { schema, alertIds }: { readonly schema: string; readonly alertIds: readonly string[] },
): Promise<ReadonlyMap<string, readonly StoredDelivery[]>> {
  const { rows } = await transaction.query<DeliveryRow>(
    `SELECT id, alert_id, receiver, notice ->> 'event' AS event, state, attempts, last_error, next_attempt_at, ended_at
       FROM ${schema}.alert_deliveries WHERE alert_id = ANY ($1) ORDER BY place`,
    [alertIds],
  );
  const byAlert = Map.groupBy(rows, (row) => row.alert_id);
  return new Map([...byAlert].map(([alert, found]) => [alert, found.map(deliveryOf)]));
}

const deliveryOf = (row: DeliveryRow): StoredDelivery => ({
  ...{ id: row.id, receiver: row.receiver, event: row.event, state: row.state, attempts: row.attempts },
  lastError: row.last_error,
  nextAttemptAt: row.state === 'pending' ? row.next_attempt_at : undefined,
  endedAt: row.ended_at ?? undefined,
});
