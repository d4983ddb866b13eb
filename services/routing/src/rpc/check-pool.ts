import type { Pool } from '@switchyard/contracts/routing';
import type { PoolRows } from '../adapters/postgres-pools.ts';
import { validatePool } from '../domain/pool/validate-pool.ts';
import { invalidFields } from '../errors.ts';
import type { PoolAdmin } from './pool-admin.ts';
import { offeredBy } from './pool-surroundings.ts';

/**
 * Checks a pool against what the transaction that writes it sees: a provider that another replica has just added counts.
 *
 * @throws INVALID_ARGUMENT with everything that is wrong, by field
 */
export function checkPool(pool: Pool, rows: PoolRows, { snapshots }: Pick<PoolAdmin, 'snapshots'>): void {
  const { providers, pools } = rows;
  const violations = validatePool(pool, { ...offeredBy(providers, snapshots.parts), pools });
  if (violations.length > 0) throw invalidFields(violations);
}
