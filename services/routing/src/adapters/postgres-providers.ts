import { randomBytes } from 'node:crypto';
import { Provider } from '@switchyard/contracts/routing';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import { etagMismatch, providerExists, providerNotFound } from '../errors.ts';

/** Most providers of one installation. */
const MAX_PROVIDERS = 10_000;
const UNIQUE_VIOLATION = '23505';

/** All providers of one version. */
export interface LoadedProviders {
  readonly version: string;
  readonly providers: readonly Provider[];
}

/** Where providers are kept. Every change counts the version up, in the same transaction. */
export class PostgresProviders {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** The version now: one cheap read. */
  version(): Promise<string> {
    return this.#postgres.asSystem(readVersion);
  }

  /** Everything, with its version. */
  load(): Promise<LoadedProviders> {
    return this.#postgres.asSystem(async (transaction) => {
      const version = await readVersion(transaction);
      const { rows } = await transaction.query<{ body: Buffer }>(
        `SELECT body FROM routing.providers ORDER BY tenant, id LIMIT ${MAX_PROVIDERS}`,
      );
      return { version, providers: rows.map(({ body }) => Provider.decode(body)) };
    });
  }

  /** @throws PROVIDER_EXISTS where the id is taken in the tenant or by the installation */
  create(provider: Provider): Promise<Provider> {
    return this.#change(provider.tenant, async (transaction) => {
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
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) throw providerExists(provider.id);
        throw error;
      }
      return stored;
    });
  }

  /**
   * Replaces a provider by what `change` makes of it.
   *
   * @throws PROVIDER_NOT_FOUND, ETAG_MISMATCH where an etag is given and is not the current one
   */
  update({ tenant, id, etag }: ProviderAddress, change: (current: Provider) => Provider): Promise<Provider> {
    return this.#change(tenant, async (transaction) => {
      const current = await lockProvider(transaction, { tenant, id, etag });
      const stored = { ...change(current), etag: newEtag(), updatedAt: new Date() };
      await transaction.query(
        'UPDATE routing.providers SET body = $3, etag = $4, updated_at = now() WHERE tenant = $1 AND id = $2',
        [tenant, id, Provider.encode(stored).finish(), stored.etag],
      );
      return stored;
    });
  }

  /** @throws PROVIDER_NOT_FOUND, ETAG_MISMATCH */
  delete({ tenant, id, etag }: ProviderAddress): Promise<void> {
    return this.#change(tenant, async (transaction) => {
      await lockProvider(transaction, { tenant, id, etag });
      await transaction.query('DELETE FROM routing.providers WHERE tenant = $1 AND id = $2', [tenant, id]);
    });
  }

  #change<T>(tenant: string, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const counted = async (transaction: Transaction) => {
      const result = await run(transaction);
      await transaction.query('UPDATE routing.provider_version SET version = version + 1');
      return result;
    };
    // No tenant: the installation's, which row-level security leaves to the service's own work.
    return tenant === '' ? this.#postgres.asSystem(counted) : this.#postgres.asTenant(tenant, counted);
  }
}

/** Which provider, and which state of it. */
export interface ProviderAddress {
  readonly tenant: string;
  readonly id: string;
  /** '' for any. */
  readonly etag: string;
}

async function readVersion(transaction: Transaction): Promise<string> {
  const { rows } = await transaction.query<{ version: string }>(
    'SELECT version FROM routing.provider_version',
  );
  return rows[0]?.version ?? '0';
}

async function lockProvider(
  transaction: Transaction,
  { tenant, id, etag }: ProviderAddress,
): Promise<Provider> {
  const { rows } = await transaction.query<{ body: Buffer; etag: string }>(
    'SELECT body, etag FROM routing.providers WHERE tenant = $1 AND id = $2 FOR UPDATE',
    [tenant, id],
  );
  const [row] = rows;
  if (row === undefined) throw providerNotFound(id);
  if (etag !== '' && etag !== row.etag) throw etagMismatch(id);
  return Provider.decode(row.body);
}

const newEtag = () => randomBytes(9).toString('base64url');
