import { Experiment } from '@switchyard/contracts/routing';
import { createLogger, migrate, openPostgres, type Postgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresConfiguration } from '../src/adapters/postgres-configuration.ts';
import { PostgresExperimentResults } from '../src/adapters/postgres-experiment-results.ts';
import { PostgresExperiments } from '../src/adapters/postgres-experiments.ts';
import type { CountedVariant } from '../src/domain/experiment/counted-variant.ts';
import { migrationOptions } from '../src/index.ts';

const servers = useServers({ postgres: true });
const PASSWORD = 'routing-test';
let ownerUrl: string;
let postgres: Postgres;
let experiments: PostgresExperiments;
let results: PostgresExperimentResults;

const counted = (owner: string, experiment = 'e1'): CountedVariant => ({
  owner,
  experiment,
  variant: 'control',
  group: 3,
  requests: 2,
  failures: 1,
  cost: { count: 1, sum: 5, sumOfSquares: 25 },
  latency: { count: 1, sum: 7, sumOfSquares: 49 },
});

beforeAll(async () => {
  ownerUrl = await servers.postgres.createDatabase();
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: ownerUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const url = new URL(ownerUrl);
  url.username = 'switchyard_routing';
  url.password = PASSWORD;
  // One connection, so that every transaction below reuses it.
  postgres = openPostgres({
    url: url.href,
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  experiments = new PostgresExperiments(postgres, new PostgresConfiguration(postgres));
  results = new PostgresExperimentResults(postgres);
  for (const tenant of ['', 'acme', 'globex'])
    await experiments.create(
      { experiment: Experiment.fromPartial({ id: `e1${tenant && `-${tenant}`}`, tenant }), actor: 'k' },
      () => {},
    );
  await results.add([counted(''), counted('acme', 'e1-acme'), counted('globex', 'e1-globex')]);
});

afterAll(() => postgres?.close());

const tenantsIn = (table: string, as: string) =>
  postgres.asTenant(as, async (transaction) => {
    const { rows } = await transaction.query<{ tenant: string }>(
      `SELECT DISTINCT tenant FROM routing.${table} ORDER BY tenant`,
    );
    return rows.map(({ tenant }) => tenant);
  });

test('A26: every table with a tenant forces row-level security, and is not owned by the role of the service', async () => {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; forced: boolean; owner: string }>(
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, r.rolname AS owner
     FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
     WHERE c.relnamespace = 'routing'::regnamespace AND c.relkind IN ('r', 'p')
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant')`,
  );
  await client.end();
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'providers',
      'pools',
      'policies',
      'experiments',
      'experiment_results',
      'decisions',
    ]),
  );
  for (const { name, forced, owner } of rows) {
    expect({ name, forced }).toEqual({ name, forced: true });
    expect(owner).not.toBe('switchyard_routing');
  }
});

test('A26: a tenant sees its own experiments and those of the installation, but only its own results', async () => {
  for (const tenant of ['acme', 'globex', 'acme']) {
    expect(await tenantsIn('experiments', tenant)).toEqual(['', tenant]);
    expect(await tenantsIn('experiment_results', tenant)).toEqual([tenant]);
  }
  for (const table of ['experiments', 'experiment_results']) expect(await tenantsIn(table, '')).toEqual([]);
});

test('a tenant cannot write experiments or results of another, nor those of the installation', async () => {
  for (const owner of ['', 'globex']) {
    const statements = [
      `INSERT INTO routing.experiments (tenant, id, body, decides, etag) VALUES ('${owner}', 'x', '', true, '')`,
      `INSERT INTO routing.experiment_results VALUES ('${owner}', 'e1-globex', 'x', 1, 0, 0, 0, 0, 0, 0, 0, 0)`,
    ];
    for (const statement of statements)
      await expect(
        postgres.asTenant('acme', (transaction) => transaction.query(statement)),
      ).rejects.toMatchObject({ code: '42501' });
  }
});

test('counts add up, go with their experiment, and are passed over where it is gone', async () => {
  const address = { tenant: 'acme', id: 'e1-acme' };
  const inOther = { ...counted('acme', 'e1-acme'), group: 9 };
  await results.add([counted('acme', 'e1-acme'), counted('acme', 'gone'), inOther]);
  const times = (n: number) => ({
    requests: 2 * n,
    failures: n,
    cost: { count: n, sum: 5 * n, sumOfSquares: 25 * n },
    latency: { count: n, sum: 7 * n, sumOfSquares: 49 * n },
  });
  // All of the variant, and by groups.
  expect(await results.read(address)).toEqual(
    new Map([['control', { ...times(3), groups: [times(2), times(1)] }]]),
  );
  await experiments.delete({ ...address, actor: 'k' });
  expect(await results.read(address)).toEqual(new Map());
  await results.add([counted('acme', 'e1-acme')]);
  expect(await results.read(address)).toEqual(new Map());
});
