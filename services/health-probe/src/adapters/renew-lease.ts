import type { Transaction } from '@switchyard/service-kit';
import type { LeaseHolder } from '../ports.ts';

/** Takes the lease where it is free or one's own. @returns whether it is held now */
export async function renewLease(
  transaction: Transaction,
  { owner, leaseMs }: LeaseHolder & { readonly leaseMs: number },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE health_probe.lease SET owner = $1, expires_at = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE owner = $1 OR expires_at <= clock_timestamp()`,
    [owner, leaseMs],
  );
  return (rowCount ?? 0) > 0;
}
