import type { Transaction } from '@switchyard/service-kit';

/** Most rows removed at once; the next time takes the rest. */
const BATCH = 10_000;

/** Removes published changes from before an instant. */
export async function forgetChanges(transaction: Transaction, beforeMs: number): Promise<void> {
  await transaction.query(
    `DELETE FROM health_probe.health_changes WHERE version IN (
       SELECT version FROM health_probe.health_changes
        WHERE changed_at < $1 AND published_at IS NOT NULL LIMIT $2)`,
    [new Date(beforeMs), BATCH],
  );
}
