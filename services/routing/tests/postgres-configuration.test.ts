import { Policy, Pool, Provider } from '@switchyard/contracts/routing';
import {
  createLogger,
  migrate,
  openPostgres,
  type Postgres,
  type Transaction,
} from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyPlan } from '../src/adapters/apply-plan.ts';
import { MAX_TENANT_OBJECTS } from '../src/adapters/configuration-limits.ts';
import { PostgresConfiguration } from '../src/adapters/postgres-configuration.ts';
import { migrationOptions } from '../src/index.ts';

const servers = useServers({ postgres: true });
const PASSWORD = 'routing-test';
let postgres: Postgres;
let store: PostgresConfiguration;

beforeAll(async () => {
  const databaseUrl = await servers.postgres.createDatabase();
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: databaseUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const url = new URL(databaseUrl);
  url.username = 'switchyard_routing';
  url.password = PASSWORD;
  postgres = openPostgres({
    url: url.href,
    maxConnections: 8,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  store = new PostgresConfiguration(postgres);
});

afterAll(() => postgres?.close());

/** Of which every part tells its number. */
const numbered = (number: number) => ({
  providers: [Provider.fromPartial({ id: 'p', priority: number })],
  pools: [Pool.fromPartial({ id: 'q', description: String(number) })],
  policies: [Policy.fromPartial({ requirements: { maxLatencyMs: number } })],
  experiments: [],
});

const write = (number: number, scope: readonly string[] = ['']) =>
  applyPlan(store, {
    scope: new Set(scope),
    wanted: numbered(number),
    others: 'keep',
    mode: 'write',
    actor: 'k',
    check: () => undefined,
  });

test('what is read while others write is of one version: no part is older or newer than the rest', async () => {
  const first = BigInt((await write(1)).version);
  let isOver = false;
  const writing = (async () => {
    let number = 2;
    for (; !isOver; number++) await write(number);
    return number - 2;
  })();
  const mixed: unknown[] = [];
  for (let read = 0; read < 400; read++) {
    const { version, providers, pools, policies } = await store.load();
    const numbers = new Set([
      Number(BigInt(version) - first) + 1,
      providers[0]?.priority,
      Number(pools[0]?.description),
      policies[0]?.requirements?.maxLatencyMs,
    ]);
    if (numbers.size > 1) mixed.push([...numbers]);
  }
  isOver = true;
  expect(await writing).toBeGreaterThan(20);
  expect(mixed).toEqual([]);
});

test('a plan that changes nothing, or is only tried, leaves the version as it is', async () => {
  const before = await store.version();
  const { providers, pools, policies, experiments } = await store.load('all');
  const wanted = { providers, pools, policies, experiments };
  const shared = { scope: new Set(['']), others: 'remove', actor: 'k', check: () => undefined } as const;
  expect(await applyPlan(store, { ...shared, wanted, mode: 'write' })).toEqual({
    changes: [],
    version: before,
  });
  const tried = await applyPlan(store, { ...shared, wanted: numbered(0), mode: 'plan' });
  expect([tried.changes.length, tried.version]).toEqual([3, before]);
  expect(await store.version()).toBe(before);
});

test('row-level security: as a tenant nothing of the installation or of another tenant can be written or removed', async () => {
  await store.change('acme', (transaction) =>
    transaction.query(`INSERT INTO routing.pools (tenant, id, body, etag) VALUES ('acme', 'x', '', 'e')`),
  );
  for (const table of ['pools', 'policies']) {
    const insert = `INSERT INTO routing.${table} (tenant, ${table === 'pools' ? 'id, ' : ''}body, etag) VALUES`;
    const values = table === 'pools' ? `'y', '', 'e'` : `'', 'e'`;
    for (const tenant of ['', 'acme'])
      await expect(
        postgres.asTenant('globex', (transaction) => transaction.query(`${insert} ('${tenant}', ${values})`)),
      ).rejects.toThrow(/row-level security/);
    const removed = await postgres.asTenant('globex', (transaction) =>
      transaction.query(`DELETE FROM routing.${table}`),
    );
    expect(removed.rowCount).toBe(0);
    const seen = await postgres.asTenant('globex', (transaction) =>
      transaction.query<{ tenant: string }>(`SELECT DISTINCT tenant FROM routing.${table}`),
    );
    expect(seen.rows).toEqual([{ tenant: '' }]);
    // A connection that has named nobody sees nothing, not even what everybody may use.
    const nobody = await postgres.asTenant('', (transaction) =>
      transaction.query(`SELECT 1 FROM routing.${table}`),
    );
    expect(nobody.rowCount).toBe(0);
  }
});

test('a tenant has a bounded number of objects of each kind; more are refused whole, fewer never', async () => {
  const insert = (from: number, to: number) => (transaction: Transaction) =>
    transaction.query(
      `INSERT INTO routing.providers (tenant, id, body, etag)
       SELECT 'crowd', 'p' || n, '', 'e' FROM generate_series($1::int, $2::int) AS n`,
      [from, to],
    );
  await store.change('crowd', insert(1, MAX_TENANT_OBJECTS));
  const before = await store.version();
  await expect(store.change('crowd', insert(1_000, 1_000))).rejects.toMatchObject({
    reason: 'TOO_MANY_OBJECTS',
    publicMessage: 'tenant crowd may have 100 providers; remove one that is not needed',
  });
  expect(await store.version()).toBe(before);
  // More than there may be, from before there was a bound: they may go one by one.
  await postgres.asSystem(insert(2_000, 2_002));
  await store.change('crowd', (transaction) =>
    transaction.query(`DELETE FROM routing.providers WHERE id = 'p2000'`),
  );
});

test('a plan of the installation counts the objects of each tenant that it adds to, also where it is only tried', async () => {
  const before = await store.version();
  const some = (tenant: string, count: number, from = 0) => ({
    providers: Array.from({ length: count }, (_, i) => Provider.fromPartial({ tenant, id: `x${from + i}` })),
    pools: Array.from({ length: count }, (_, i) => Pool.fromPartial({ tenant, id: `y${from + i}` })),
    policies: [],
    experiments: [],
  });
  const applied = (wanted: ReturnType<typeof some>, mode: 'plan' | 'write') =>
    applyPlan(store, {
      scope: new Set(['', 'many', 'few']),
      wanted,
      others: 'keep',
      mode,
      actor: 'k',
      check: () => undefined,
    });
  const tooMany = some('many', MAX_TENANT_OBJECTS + 1);
  const wanted = { ...tooMany, providers: some('few', 1).providers };
  for (const mode of ['plan', 'write'] as const)
    await expect(applied(wanted, mode)).rejects.toMatchObject({
      reason: 'TOO_MANY_OBJECTS',
      publicMessage: 'tenant many may have 100 pools; remove one that is not needed',
    });
  expect(await store.version()).toBe(before);
  await applied(some('many', MAX_TENANT_OBJECTS), 'write');
  // What another one has does not count, and what is full may be left as it is.
  await applied(some('few', MAX_TENANT_OBJECTS), 'write');
  await expect(applied(some('many', 1, 1_000), 'write')).rejects.toMatchObject({
    reason: 'TOO_MANY_OBJECTS',
  });
});
