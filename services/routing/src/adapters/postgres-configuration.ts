import { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import { isUnusableConfiguration, unusableConfiguration } from '../errors.ts';
import { countObjects, refuseTooMany } from './configuration-limits.ts';
import { type NotedChange, noteChanges } from './note-changes.ts';

/** Most providers, pools, policies, and experiments that say who answers, of one installation: of each. */
const MAX_ROWS = 100_000;

/** The whole configuration at one version. */
export interface Configuration {
  /** Grows with every change of any part. */
  readonly version: string;
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  /** Those that say who answers, or all of them where all were asked for. */
  readonly experiments: readonly Experiment[];
}

/** Requests need those alone that say who answers; operators want to see all. */
export type WhichExperiments = 'deciding' | 'all';

/** Where providers, pools, policies and experiments are kept. Every change counts one version up, in the same transaction. */
export class PostgresConfiguration {
  readonly #postgres: Postgres;
  readonly #maxRows: number;

  /** @param limits.maxRows most objects of each kind, of one installation. Default 100,000 */
  constructor(postgres: Postgres, { maxRows = MAX_ROWS }: { readonly maxRows?: number } = {}) {
    this.#postgres = postgres;
    this.#maxRows = maxRows;
  }

  /** The version now: one cheap read. */
  version(): Promise<string> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ version: string }>(
        'SELECT version FROM routing.provider_version',
      );
      return rows[0]?.version ?? '0';
    });
  }

  /**
   * Everything, with its version: no change of it lies between two parts.
   *
   * @throws UNUSABLE_CONFIGURATION where there is more than can be kept, or something that cannot be read
   */
  load(experiments: WhichExperiments = 'deciding'): Promise<Configuration> {
    return this.#postgres.asSystem((transaction) => this.read(transaction, experiments));
  }

  /**
   * Everything that a transaction sees, with its version.
   *
   * @throws UNUSABLE_CONFIGURATION
   */
  async read(transaction: Transaction, experiments: WhichExperiments = 'deciding'): Promise<Configuration> {
    const statement = loadStatement(this.#maxRows, experiments);
    const { rows } = await transaction.query<ConfigurationRow>(statement);
    return configurationOf(rows, this.#maxRows);
  }

  /** Runs one change as {@link change} does, and undoes it, the count of the version too, where it is not to be kept. */
  async attempt<T>(
    tenant: string,
    run: (transaction: Transaction) => Promise<{ readonly result: T; readonly keep: boolean }>,
  ): Promise<T> {
    try {
      return await this.change(tenant, async (transaction) => {
        const { result, keep } = await run(transaction);
        if (!keep) throw new Undone(result);
        return result;
      });
    } catch (error) {
      if (error instanceof Undone) return (error as Undone<T>).result;
      throw error;
    }
  }

  /** Runs a change of one object as {@link change} does; the audit log will be told of it, where it is made. @param actor id of the key */
  changeOne<T>(
    noted: NotedChange & { readonly actor: string },
    run: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.change(noted.tenant, async (transaction) => {
      const result = await run(transaction);
      await noteChanges(transaction, noted.actor, [noted]);
      return result;
    });
  }

  /**
   * Runs one change, of a tenant or ('') of the installation. Changes come one after the other, so that what one has checked (a
   * pool's provider is there) still holds when it is written.
   *
   * @throws TOO_MANY_OBJECTS, INVALID_ARGUMENT where the tenant or an id is a text that no database takes
   */
  async change<T>(tenant: string, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const counted = async (transaction: Transaction) => {
      // First, not last: the row's lock is what makes changes wait for each other.
      await transaction.query('UPDATE routing.provider_version SET version = version + 1');
      const before = await countObjects(transaction, tenant);
      const result = await run(transaction);
      refuseTooMany(tenant, before, await countObjects(transaction, tenant));
      return result;
    };
    // No tenant: the installation's, which row-level security leaves to the service's own work.
    const changed =
      tenant === '' ? this.#postgres.asSystem(counted) : this.#postgres.asTenant(tenant, counted);
    return changed.catch((error: { readonly code?: unknown }) => {
      if (error.code !== UNTRANSLATABLE_TEXT) throw error;
      const field = tenant.includes('\0') ? 'tenant' : 'id';
      throw invalidArgument({ field, description: 'must not hold the character U+0000' });
    });
  }
}

/** SQLSTATE of a text with U+0000. */
const UNTRANSLATABLE_TEXT = '22021';

function configurationOf(rows: readonly ConfigurationRow[], maxRows: number): Configuration {
  const bodiesOf = (wanted: ConfigurationRow['kind']) => {
    const bodies = rows.flatMap(({ kind, body }) => (kind === wanted ? [body] : []));
    // What is left out in silence would be gone for every request, and a plan would add it again.
    if (bodies.length > maxRows)
      throw unusableConfiguration(`there are more than ${maxRows} rows of ${wanted}`);
    return bodies;
  };
  const decoded = <T>(kind: ConfigurationRow['kind'], decode: (body: Buffer) => T): T[] => {
    try {
      return bodiesOf(kind).map(decode);
    } catch (error) {
      if (isUnusableConfiguration(error)) throw error;
      throw unusableConfiguration(`a row of ${kind} cannot be read`, error);
    }
  };
  return {
    version: bodiesOf('version')[0]?.toString() ?? '0',
    providers: decoded('provider', (body) => Provider.decode(body)),
    pools: decoded('pool', (body) => Pool.decode(body)),
    policies: decoded('policy', (body) => Policy.decode(body)),
    experiments: decoded('experiment', (body) => Experiment.decode(body)),
  };
}

/** Ends a transaction without a change, and carries out what it found. */
class Undone<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('nothing is to be changed');
    this.result = result;
  }
}

interface ConfigurationRow {
  readonly kind: 'version' | 'provider' | 'pool' | 'policy' | 'experiment';
  readonly body: Buffer;
}

/**
 * One statement sees one state of the database, as a transaction of repeatable reads would, with one round trip instead of five. It
 * reads one row more than there may be, which tells that there are too many.
 */
const loadStatement = (maxRows: number, experiments: WhichExperiments): string => `
  (SELECT 'version' AS kind, convert_to(version::text, 'UTF8') AS body FROM routing.provider_version)
  UNION ALL
  (SELECT 'provider', body FROM routing.providers ORDER BY tenant, id LIMIT ${maxRows + 1})
  UNION ALL
  (SELECT 'pool', body FROM routing.pools ORDER BY tenant, id LIMIT ${maxRows + 1})
  UNION ALL
  (SELECT 'policy', body FROM routing.policies ORDER BY tenant LIMIT ${maxRows + 1})
  UNION ALL
  (SELECT 'experiment', body FROM routing.experiments ${experiments === 'all' ? '' : 'WHERE decides'} ORDER BY tenant, id LIMIT ${maxRows + 1})`;
