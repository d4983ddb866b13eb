import type { Pool } from '@switchyard/contracts/routing';
import type { PoolRows } from '../adapters/postgres-pools.ts';
import { validatePool } from '../domain/pool/validate-pool.ts';
import { buildSnapshot } from '../domain/snapshot/build-snapshot.ts';
import { invalidFields } from '../errors.ts';
import type { PoolAdmin } from './create-pool.ts';

/**
 * Checks a pool against what the transaction that writes it sees: a provider that another replica has just added counts.
 *
 * @throws INVALID_ARGUMENT with everything that is wrong, by field
 */
export function checkPool(
  pool: Pool,
  { providers, pools }: PoolRows,
  { snapshots }: Pick<PoolAdmin, 'snapshots'>,
): void {
  const snapshot = buildSnapshot({ ...snapshots.parts, providers, pools: [], policies: [] });
  const violations = validatePool(pool, {
    providers: new Set(providers.map(({ id }) => id)),
    offers: ({ provider, model }) =>
      snapshot.offerings.some(
        (offering) =>
          (provider === '' || offering.provider.id === provider) &&
          (offering.model === model || offering.canonicalModel === model),
      ),
    models: snapshot.offerings.map(({ model }) => model),
    pools,
  });
  if (violations.length > 0) throw invalidFields(violations);
}
