import type { Transaction } from '@switchyard/service-kit';
import type { OutboxEvent } from '../ports.ts';
import { OUTBOX_COLUMNS } from './outbox-rows.ts';

const ENQUEUE = `INSERT INTO credential.event_outbox (${OUTBOX_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`;

/** Puts an event into the outbox, in the transaction of the change that it tells of. */
export async function enqueueEvent(transaction: Transaction, event: OutboxEvent): Promise<void> {
  const { id, owner, event: kind, payload, traceparent, createdAtMs } = event;
  await transaction.query(ENQUEUE, [id, owner, kind, payload, traceparent, new Date(createdAtMs)]);
}
