import type { Transaction } from '@switchyard/service-kit';
import type { StoredTable } from '../ports.ts';
import { type HealthRow, recordOfRow } from './health-rows.ts';

/** The stored table. One statement, so that the version is that of the rows. */
export async function loadTable(transaction: Transaction): Promise<StoredTable> {
  const { rows } = await transaction.query<HealthRow & { readonly table_version: string }>(
    `SELECT v.version AS table_version, h.*
       FROM health_probe.health_version v LEFT JOIN health_probe.provider_health h ON true`,
  );
  return {
    version: BigInt(rows[0]?.table_version ?? 0),
    // An empty table still gives its version, in a row without a provider.
    records: rows.filter(({ provider }) => provider !== null).map(recordOfRow),
  };
}
