import type { Transaction } from '@switchyard/service-kit';

const COUNT = 'SELECT count(*)::int AS waiting FROM credential.event_outbox WHERE published_at IS NULL';

/** How many events the bus does not have yet. */
export async function countWaitingEvents(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.query<{ waiting: number }>(COUNT);
  return rows[0]?.waiting ?? 0;
}
