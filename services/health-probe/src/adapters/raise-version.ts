import type { Transaction } from '@switchyard/service-kit';

/** Raises the table's version by a number of changes. @returns the new one */
export async function raiseVersion(transaction: Transaction, by: number): Promise<bigint> {
  const { rows } = await transaction.query<{ version: string }>(
    'UPDATE health_probe.health_version SET version = version + $1 RETURNING version',
    [by],
  );
  return BigInt(rows[0]?.version ?? 0);
}
