import type { Postgres, Transaction } from '@switchyard/service-kit';
import { addCounts, type CountedVariant } from '../domain/experiment/counted-variant.ts';
import type { VariantTally } from '../domain/experiment/experiment-results.ts';
import type { ExperimentAddress } from './postgres-experiments.ts';

/** What experiments have found, over all replicas. */
export class PostgresExperimentResults {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Adds what was counted. What belongs to an experiment that is gone is passed over. */
  add(counted: readonly CountedVariant[]): Promise<void> {
    const column = (read: (row: CountedVariant) => string | number) => counted.map(read);
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(ADD, [
        column(({ owner }) => owner),
        column(({ experiment }) => experiment),
        column(({ variant }) => variant),
        column(({ group }) => group),
        column(({ requests }) => requests),
        column(({ failures }) => failures),
        column(({ cost }) => cost.count),
        column(({ cost }) => cost.sum),
        column(({ cost }) => cost.sumOfSquares),
        column(({ latency }) => latency.count),
        column(({ latency }) => latency.sum),
        column(({ latency }) => latency.sumOfSquares),
      ]);
    });
  }

  /** What was counted of an experiment's variants, by name. A tenant's own, or all of the installation's. */
  read({ tenant, id }: ExperimentAddress): Promise<Map<string, VariantTally>> {
    const run = async (transaction: Transaction) => {
      const { rows } = await transaction.query<ResultRow>(
        'SELECT * FROM routing.experiment_results WHERE tenant = $1 AND experiment = $2 ORDER BY group_number',
        [tenant, id],
      );
      const byVariant = Map.groupBy(rows, ({ variant }) => variant);
      return new Map([...byVariant].map(([variant, ofVariant]) => [variant, sumOf(ofVariant.map(tallyOf))]));
    };
    return tenant === '' ? this.#postgres.asSystem(run) : this.#postgres.asTenant(tenant, run);
  }
}

interface ResultRow {
  readonly variant: string;
  readonly requests: number;
  readonly failures: number;
  readonly cost_count: number;
  readonly cost_sum: number;
  readonly cost_sum_of_squares: number;
  readonly latency_count: number;
  readonly latency_sum: number;
  readonly latency_sum_of_squares: number;
}

const tallyOf = (row: ResultRow): VariantTally => ({
  requests: row.requests,
  failures: row.failures,
  cost: { count: row.cost_count, sum: row.cost_sum, sumOfSquares: row.cost_sum_of_squares },
  latency: { count: row.latency_count, sum: row.latency_sum, sumOfSquares: row.latency_sum_of_squares },
});

function sumOf(groups: readonly VariantTally[]): VariantTally {
  return { ...groups.reduce((sum, group) => addCounts(sum, group)), groups };
}

const COUNTS = [
  'requests',
  'failures',
  'cost_count',
  'cost_sum',
  'cost_sum_of_squares',
  'latency_count',
  'latency_sum',
  'latency_sum_of_squares',
];
const COLUMNS = ['tenant', 'experiment', 'variant', 'group_number', ...COUNTS].join(', ');

/** In one order at every replica, so that two of them that add at once wait for each other in turn. */
const ADD = `
  INSERT INTO routing.experiment_results AS stored (${COLUMNS})
  SELECT added.* FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], ${COUNTS.map((_, i) => `$${i + 5}::float8[]`).join(', ')})
    AS added (${COLUMNS})
  JOIN routing.experiments ON experiments.tenant = added.tenant AND experiments.id = added.experiment
  ORDER BY added.tenant, added.experiment, added.variant, added.group_number
  ON CONFLICT (tenant, experiment, variant, group_number) DO UPDATE SET
    ${COUNTS.map((name) => `${name} = stored.${name} + excluded.${name}`).join(', ')}`;
