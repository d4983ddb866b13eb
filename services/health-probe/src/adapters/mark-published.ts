import type { Transaction } from '@switchyard/service-kit';

/** Notes that the bus has changes. */
export async function markPublished(
  transaction: Transaction,
  { versions, nowMs }: { readonly versions: readonly bigint[]; readonly nowMs: number },
): Promise<void> {
  await transaction.query(
    'UPDATE health_probe.health_changes SET published_at = $2 WHERE version = ANY ($1::bigint[])',
    [versions.map(String), new Date(nowMs)],
  );
}
