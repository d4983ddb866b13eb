import type { Transaction } from '@switchyard/service-kit';

const MARK = `
  UPDATE credential.event_outbox SET published_at = $2
  WHERE id = ANY($1::uuid[]) AND published_at IS NULL`;

/** Notes that the bus has events. */
export async function markEventsPublished(
  transaction: Transaction,
  { ids, nowMs }: { ids: readonly string[]; nowMs: number },
): Promise<void> {
  if (ids.length > 0) await transaction.query(MARK, [ids, new Date(nowMs)]);
}
