import type { Transaction } from '@switchyard/service-kit';
import type { CommittedChange } from '../domain/health-record.ts';
import { type ChangeRow, changeOfRow } from './health-rows.ts';

/** The oldest changes that the bus does not have yet, in the order of their versions. */
export async function unpublishedChanges(
  transaction: Transaction,
  limit: number,
): Promise<readonly CommittedChange[]> {
  const { rows } = await transaction.query<ChangeRow>(
    `SELECT id, version, tenant, provider, from_state, to_state, reason, changed_at
       FROM health_probe.health_changes WHERE published_at IS NULL ORDER BY version LIMIT $1`,
    [limit],
  );
  return rows.map(changeOfRow);
}
