import { Experiment, ExperimentState, type Pool, type Provider } from '@switchyard/contracts/routing';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import { experimentExists, experimentNotFound, experimentRuns } from '../errors.ts';
import { newEtag, readExperiments, readPools, readProviders } from './configuration-rows.ts';
import { decidesWho } from './decides-who.ts';
import type { PostgresConfiguration } from './postgres-configuration.ts';

/** Which experiment. */
export interface ExperimentAddress {
  /** '' for the installation's. */
  readonly tenant: string;
  readonly id: string;
}

/** Which experiment is changed, and by whom. */
export interface ExperimentChange extends ExperimentAddress {
  /** Id of the key. */
  readonly actor: string;
}

/** The same, and how. */
export interface ExperimentUpdate extends ExperimentChange {
  readonly verb: 'start' | 'stop' | 'promote';
}

/** What an experiment stands beside, as it is in the transaction that changes it: the owner's and the installation's. */
export interface ExperimentRows {
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  /** Without the experiment itself. */
  readonly experiments: readonly Experiment[];
}

/** Experiments as they are kept. They are read here and not in the snapshot, which has only those that say who answers. */
export class PostgresExperiments {
  readonly #postgres: Postgres;
  readonly #configuration: PostgresConfiguration;

  constructor(postgres: Postgres, configuration: PostgresConfiguration) {
    this.#postgres = postgres;
    this.#configuration = configuration;
  }

  /** Those that a tenant sees: its own and the installation's. */
  list(tenant: string): Promise<Experiment[]> {
    return this.#postgres.asTenant(tenant, (transaction) => readExperiments(transaction, tenant));
  }

  /**
   * @param check throws where the experiment cannot be as it is
   * @throws EXPERIMENT_EXISTS where the id is taken by the owner or by the installation, TOO_MANY_OBJECTS, and what `check` throws
   */
  create(
    { experiment, actor }: { readonly experiment: Experiment; readonly actor: string },
    check: (experiment: Experiment, rows: ExperimentRows) => void,
  ): Promise<Experiment> {
    const { tenant, id } = experiment;
    const noted = { tenant, actor, action: 'routing.experiment.create', resource: `experiment:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const { isTaken, ...rows } = await readRows(transaction, experiment);
      if (isTaken) throw experimentExists(id);
      check(experiment, rows);
      const stored = { ...experiment, etag: newEtag(), createdAt: new Date() };
      await transaction.query(
        'INSERT INTO routing.experiments (tenant, id, body, decides, etag) VALUES ($1, $2, $3, $4, $5)',
        valuesOf(stored),
      );
      return stored;
    });
  }

  /**
   * Replaces an experiment by what `change` makes of it.
   *
   * @throws EXPERIMENT_NOT_FOUND, and what `change` throws
   */
  update(
    { verb, actor, ...address }: ExperimentUpdate,
    change: (current: Experiment, rows: ExperimentRows) => Experiment,
  ): Promise<Experiment> {
    const { tenant, id } = address;
    const noted = { tenant, actor, action: `routing.experiment.${verb}`, resource: `experiment:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const current = await lockExperiment(transaction, address);
      const changed = change(current, await readRows(transaction, address));
      const stored = { ...changed, etag: newEtag() };
      await transaction.query(
        `UPDATE routing.experiments SET body = $3, decides = $4, etag = $5, updated_at = now()
         WHERE tenant = $1 AND id = $2`,
        valuesOf(stored),
      );
      return stored;
    });
  }

  /** Removes an experiment with its results. @throws EXPERIMENT_NOT_FOUND, EXPERIMENT_RUNS */
  delete(address: ExperimentChange): Promise<void> {
    const { tenant, id, actor } = address;
    const noted = { tenant, actor, action: 'routing.experiment.delete', resource: `experiment:${id}` };
    return this.#configuration.changeOne(noted, async (transaction) => {
      const { state } = await lockExperiment(transaction, address);
      if (state === ExperimentState.RUNNING) throw experimentRuns(id);
      await transaction.query('DELETE FROM routing.experiments WHERE tenant = $1 AND id = $2', [tenant, id]);
    });
  }
}

async function readRows(
  transaction: Transaction,
  { tenant, id }: ExperimentAddress,
): Promise<ExperimentRows & { readonly isTaken: boolean }> {
  const all = await readExperiments(transaction, tenant);
  const experiments = all.filter((one) => one.id !== id);
  return {
    providers: await readProviders(transaction, tenant),
    pools: await readPools(transaction, tenant),
    experiments,
    isTaken: experiments.length < all.length,
  };
}

async function lockExperiment(
  transaction: Transaction,
  { tenant, id }: ExperimentAddress,
): Promise<Experiment> {
  const { rows } = await transaction.query<{ body: Buffer }>(
    'SELECT body FROM routing.experiments WHERE tenant = $1 AND id = $2 FOR UPDATE',
    [tenant, id],
  );
  const [row] = rows;
  if (row === undefined) throw experimentNotFound(id);
  return Experiment.decode(row.body);
}

function valuesOf(experiment: Experiment): unknown[] {
  const { tenant, id, etag } = experiment;
  return [tenant, id, Experiment.encode(experiment).finish(), decidesWho(experiment), etag];
}
