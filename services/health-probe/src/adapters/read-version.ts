import type { Transaction } from '@switchyard/service-kit';

/** Version of the stored table. */
export async function readVersion(transaction: Transaction): Promise<bigint> {
  const { rows } = await transaction.query<{ version: string }>(
    'SELECT version FROM health_probe.health_version',
  );
  return BigInt(rows[0]?.version ?? 0);
}
