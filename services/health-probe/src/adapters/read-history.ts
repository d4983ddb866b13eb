import type { Transaction } from '@switchyard/service-kit';
import type { CommittedChange } from '../domain/health-record.ts';
import type { HistoryPage } from '../ports.ts';
import { type ChangeRow, changeOfRow, ownerOf } from './health-rows.ts';

/** Changes within a time, the newest first. */
export async function readHistory(
  transaction: Transaction,
  { tenants, provider, startMs, endMs, beforeVersion, limit }: HistoryPage,
): Promise<readonly CommittedChange[]> {
  const { rows } = await transaction.query<ChangeRow>(
    `SELECT id, version, tenant, provider, from_state, to_state, reason, changed_at
       FROM health_probe.health_changes
      WHERE changed_at >= $3 AND changed_at < $4 AND ($5::bigint IS NULL OR version < $5)
        AND ($1::text[] IS NULL OR tenant = ANY ($1)) AND ($2 = '' OR provider = $2)
      ORDER BY version DESC LIMIT $6`,
    [
      tenants?.map(ownerOf) ?? null,
      provider,
      new Date(startMs),
      new Date(endMs),
      beforeVersion ?? null,
      limit,
    ],
  );
  return rows.map(changeOfRow);
}
