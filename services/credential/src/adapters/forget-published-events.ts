import type { Transaction } from '@switchyard/service-kit';

const FORGET = 'DELETE FROM credential.event_outbox WHERE published_at < $1';

/** Removes events that the bus has had since before a time. */
export async function forgetPublishedEvents(
  transaction: Transaction,
  { publishedBeforeMs }: { publishedBeforeMs: number },
): Promise<void> {
  await transaction.query(FORGET, [new Date(publishedBeforeMs)]);
}
