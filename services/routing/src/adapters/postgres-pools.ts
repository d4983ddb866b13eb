import { Pool, type Provider } from '@switchyard/contracts/routing';
import type { Transaction } from '@switchyard/service-kit';
import { experimentsNaming } from '../domain/experiment/experiments-naming.ts';
import { etagMismatch, experimentsNeedIt, poolExists, poolNotFound } from '../errors.ts';
import {
  type AddressedChange,
  type AddressedUpdate,
  newEtag,
  type ObjectAddress,
  readDecidingExperiments,
  readPools,
  readProviders,
} from './configuration-rows.ts';
import type { PostgresConfiguration } from './postgres-configuration.ts';

/** What a pool stands beside, as it is in the transaction that changes it. */
export interface PoolRows {
  /** The owner's and the installation's. */
  readonly providers: readonly Provider[];
  /** The owner's and the installation's, without the pool itself. */
  readonly pools: readonly Pool[];
}

/** Changes of pools. */
export class PostgresPools {
  readonly #configuration: PostgresConfiguration;

  constructor(configuration: PostgresConfiguration) {
    this.#configuration = configuration;
  }

  /**
   * @param check throws where the pool cannot be as it is
   * @throws POOL_EXISTS where the id is taken by the owner or by the installation, TOO_MANY_OBJECTS, and what `check` throws
   */
  create(
    { pool, actor }: { readonly pool: Pool; readonly actor: string },
    check: (pool: Pool, rows: PoolRows) => void,
  ): Promise<Pool> {
    const { tenant, id } = pool;
    const noted = { tenant, actor, action: 'routing.pool.create', resource: `pool:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const rows = await readRows(transaction, pool);
      if (rows.isTaken) throw poolExists(pool.id);
      check(pool, rows);
      const now = new Date();
      const stored = { ...pool, etag: newEtag(), createdAt: now, updatedAt: now };
      await transaction.query('INSERT INTO routing.pools (tenant, id, body, etag) VALUES ($1, $2, $3, $4)', [
        stored.tenant,
        stored.id,
        Pool.encode(stored).finish(),
        stored.etag,
      ]);
      return stored;
    });
  }

  /**
   * Replaces a pool by what `change` makes of it.
   *
   * @throws POOL_NOT_FOUND, ETAG_MISMATCH where an etag is given and is not the current one, and what `change` throws
   */
  update(address: AddressedUpdate, change: (current: Pool, rows: PoolRows) => Pool): Promise<Pool> {
    const { tenant, id, actor, fields } = address;
    const noted = { tenant, actor, action: 'routing.pool.update', resource: `pool:${id}`, fields };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const current = await lockPool(transaction, address);
      const changed = change(current, await readRows(transaction, address));
      const stored = { ...changed, etag: newEtag(), updatedAt: new Date() };
      await transaction.query(
        'UPDATE routing.pools SET body = $3, etag = $4, updated_at = now() WHERE tenant = $1 AND id = $2',
        [tenant, id, Pool.encode(stored).finish(), stored.etag],
      );
      return stored;
    });
  }

  /** @throws POOL_NOT_FOUND, ETAG_MISMATCH, POOL_IN_USE where an experiment sends requests to it */
  delete(address: AddressedChange): Promise<void> {
    const { tenant, id, actor } = address;
    const noted = { tenant, actor, action: 'routing.pool.delete', resource: `pool:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      await lockPool(transaction, address);
      const pool = { kind: 'pool', tenant, id } as const;
      const experiments = experimentsNaming(await readDecidingExperiments(transaction), pool);
      if (experiments.length > 0) throw experimentsNeedIt(pool, experiments);
      await transaction.query('DELETE FROM routing.pools WHERE tenant = $1 AND id = $2', [tenant, id]);
    });
  }
}

async function readRows(
  transaction: Transaction,
  { tenant, id }: Pick<Pool, 'tenant' | 'id'>,
): Promise<PoolRows & { readonly isTaken: boolean }> {
  const all = await readPools(transaction, tenant);
  const pools = all.filter((pool) => pool.id !== id);
  return { providers: await readProviders(transaction, tenant), pools, isTaken: pools.length < all.length };
}

async function lockPool(transaction: Transaction, { tenant, id, etag }: ObjectAddress): Promise<Pool> {
  const { rows } = await transaction.query<{ body: Buffer; etag: string }>(
    'SELECT body, etag FROM routing.pools WHERE tenant = $1 AND id = $2 FOR UPDATE',
    [tenant, id],
  );
  const [row] = rows;
  if (row === undefined) throw poolNotFound(id);
  if (etag !== '' && etag !== row.etag) throw etagMismatch(`pool ${id}`);
  return Pool.decode(row.body);
}
