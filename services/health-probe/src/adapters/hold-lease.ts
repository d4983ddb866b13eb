import type { Transaction } from '@switchyard/service-kit';
import type { LeaseHolder } from '../ports.ts';

/**
 * Whether the lease is held, and keeps it from being taken until the transaction ends: a replica that was frozen and wakes up
 * as the leader it no longer is changes nothing.
 */
export async function holdLease(transaction: Transaction, { owner }: LeaseHolder): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT FROM health_probe.lease WHERE owner = $1 AND expires_at > clock_timestamp() FOR SHARE',
    [owner],
  );
  return (rowCount ?? 0) > 0;
}
