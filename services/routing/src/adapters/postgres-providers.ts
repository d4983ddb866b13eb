import { type Pool, Provider } from '@switchyard/contracts/routing';
import type { Transaction } from '@switchyard/service-kit';
import { experimentsNaming } from '../domain/experiment/experiments-naming.ts';
import { poolsNaming } from '../domain/pool/pools-naming.ts';
import {
  etagMismatch,
  experimentsNeedIt,
  providerExists,
  providerInUse,
  providerNotFound,
} from '../errors.ts';
import {
  type AddressedChange,
  type AddressedUpdate,
  isTaken,
  newEtag,
  type ObjectAddress,
  readAllPools,
  readDecidingExperiments,
} from './configuration-rows.ts';
import type { PostgresConfiguration } from './postgres-configuration.ts';

/** Changes of providers. */
export class PostgresProviders {
  readonly #configuration: PostgresConfiguration;

  constructor(configuration: PostgresConfiguration) {
    this.#configuration = configuration;
  }

  /** @throws PROVIDER_EXISTS where the id is taken in the tenant or by the installation */
  create(provider: Provider, actor: string): Promise<Provider> {
    const { tenant, id } = provider;
    const noted = { tenant, actor, action: 'routing.provider.create', resource: `provider:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const taken = await transaction.query(
        `SELECT 1 FROM routing.providers WHERE id = $1 AND tenant IN ($2, '')`,
        [provider.id, provider.tenant],
      );
      if (taken.rowCount !== 0) throw providerExists(provider.id);
      const now = new Date();
      const stored = { ...provider, etag: newEtag(), createdAt: now, updatedAt: now };
      try {
        await transaction.query(
          'INSERT INTO routing.providers (tenant, id, body, etag) VALUES ($1, $2, $3, $4)',
          [stored.tenant, stored.id, Provider.encode(stored).finish(), stored.etag],
        );
      } catch (error) {
        if (isTaken(error)) throw providerExists(provider.id);
        throw error;
      }
      return stored;
    });
  }

  /**
   * Replaces a provider by what `change` makes of it, beside the pools that there are.
   *
   * @throws PROVIDER_NOT_FOUND, ETAG_MISMATCH where an etag is given and is not the current one
   */
  update(
    { tenant, id, etag, actor, fields }: AddressedUpdate,
    change: (current: Provider, pools: readonly Pool[]) => Provider,
  ): Promise<Provider> {
    const noted = { tenant, actor, action: 'routing.provider.update', resource: `provider:${id}`, fields };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const current = await lockProvider(transaction, { tenant, id, etag });
      const changed = change(current, await readAllPools(transaction));
      const stored = { ...changed, etag: newEtag(), updatedAt: new Date() };
      await transaction.query(
        'UPDATE routing.providers SET body = $3, etag = $4, updated_at = now() WHERE tenant = $1 AND id = $2',
        [tenant, id, Provider.encode(stored).finish(), stored.etag],
      );
      return stored;
    });
  }

  /** @throws PROVIDER_NOT_FOUND, ETAG_MISMATCH, PROVIDER_IN_USE where a pool names it, or an experiment sends requests to it */
  delete({ tenant, id, etag, actor }: AddressedChange): Promise<void> {
    const noted = { tenant, actor, action: 'routing.provider.delete', resource: `provider:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      await lockProvider(transaction, { tenant, id, etag });
      const pools = poolsNaming(await readAllPools(transaction), { tenant, id });
      if (pools.length > 0) throw providerInUse(id, pools);
      const provider = { kind: 'provider', tenant, id } as const;
      const experiments = experimentsNaming(await readDecidingExperiments(transaction), provider);
      if (experiments.length > 0) throw experimentsNeedIt(provider, experiments);
      await transaction.query('DELETE FROM routing.providers WHERE tenant = $1 AND id = $2', [tenant, id]);
    });
  }
}

async function lockProvider(
  transaction: Transaction,
  { tenant, id, etag }: ObjectAddress,
): Promise<Provider> {
  const { rows } = await transaction.query<{ body: Buffer; etag: string }>(
    'SELECT body, etag FROM routing.providers WHERE tenant = $1 AND id = $2 FOR UPDATE',
    [tenant, id],
  );
  const [row] = rows;
  if (row === undefined) throw providerNotFound(id);
  if (etag !== '' && etag !== row.etag) throw etagMismatch(`provider ${id}`);
  return Provider.decode(row.body);
}
