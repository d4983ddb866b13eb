import type { Transaction } from '@switchyard/service-kit';
import type { OutboxEvent } from '../ports.ts';
import { OUTBOX_COLUMNS, type OutboxRow, toOutboxEvent } from './outbox-rows.ts';

const TAKE = `
  SELECT ${OUTBOX_COLUMNS} FROM credential.event_outbox
  WHERE published_at IS NULL
  ORDER BY created_at
  LIMIT $1
  FOR UPDATE SKIP LOCKED`;

/** Events that wait, oldest first, locked until the transaction ends: another replica takes other ones. */
export async function takeWaitingEvents(transaction: Transaction, limit: number): Promise<OutboxEvent[]> {
  const { rows } = await transaction.query<OutboxRow>(TAKE, [limit]);
  return rows.map(toOutboxEvent);
}
