import type { Transaction } from '@switchyard/service-kit';
import type { LeaseHolder } from '../ports.ts';

/** Lets the lease go, where it is one's own. */
export async function releaseLease(transaction: Transaction, { owner }: LeaseHolder): Promise<void> {
  await transaction.query(`UPDATE health_probe.lease SET expires_at = '-infinity' WHERE owner = $1`, [owner]);
}
