import { busNames } from '@switchyard/contracts';
import { HealthState } from '@switchyard/contracts/health';
import { Provider } from '@switchyard/contracts/routing';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import {
  type Bus,
  createLogger,
  type Logger,
  migrate,
  openPostgres,
  type Postgres,
} from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { applyPlan } from '../src/adapters/apply-plan.ts';
import { ConfigurationLink } from '../src/adapters/configuration-link.ts';
import { PostgresConfiguration } from '../src/adapters/postgres-configuration.ts';
import { migrationOptions } from '../src/index.ts';
import { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';

const servers = useServers({ postgres: true, nats: true });
const log: Logger = createLogger({ service: 'test', level: 'silent' });
let postgres: Postgres;
let connection: NatsConnection;

beforeAll(async () => {
  const url = await servers.postgres.createDatabase();
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: url, ROUTING_DATABASE_PASSWORD: 'routing-test' }),
  );
  const as = new URL(url);
  as.username = 'switchyard_routing';
  as.password = 'routing-test';
  postgres = openPostgres({
    url: as.href,
    maxConnections: 8,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log,
  });
  connection = await connect({ servers: servers.nats.url });
});

afterAll(async () => {
  await postgres?.close();
  await connection?.close();
});

const busOf = (): Bus => ({
  connection,
  isConnected: true,
  jetstream: () => connection.jetstream(),
  manager: () => connection.jetstreamManager(),
  onConnect: () => {},
  close: async () => {},
});

const provider = (id: string) =>
  Provider.fromPartial({ id, wireFormat: 'openai-chat', baseUrl: 'https://a.example/v1' });
const noParts = () => ({
  configurationVersion: '',
  providers: [],
  pools: [],
  policies: [],
  experiments: [],
  priceBook: { version: '', terms: [], prices: new Map() },
  healthVersion: '',
  health: new Map(),
  catalog: bundledCatalog(),
  defaultLimits: { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
});

const apply = (store: PostgresConfiguration, ...ids: string[]) =>
  applyPlan(store, {
    scope: new Set(['']),
    wanted: { providers: ids.map(provider), pools: [], policies: [], experiments: [] },
    others: 'remove',
    mode: 'write',
    actor: 'k',
    check: () => undefined,
  });

/** A link that refuses providers called "bad", with everything it took and every error it logged. */
async function linkTo(store: PostgresConfiguration) {
  const taken: string[][] = [];
  const tried: string[] = [];
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {});
  errors.mockClear();
  const link = new ConfigurationLink({
    store,
    bus: busOf(),
    names: busNames(servers.nats.prefix),
    onConfiguration: ({ version, providers }) => {
      tried.push(version);
      if (providers.some(({ id }) => id === 'bad')) throw new Error('cannot be built');
      taken.push(providers.map(({ id }) => id));
    },
    log,
  });
  await link.refresh();
  return { link, taken, tried, errors };
}

test('a configuration that cannot be built is logged once, not tried again, and the next one is taken', async () => {
  const store = new PostgresConfiguration(postgres);
  await apply(store, 'good');
  const { link, taken, tried, errors } = await linkTo(store);
  const { version } = await apply(store, 'good', 'bad');
  for (let poll = 0; poll < 3; poll++) await link.refresh();
  expect(link.refusedVersion).toBe(version);
  expect(tried.filter((one) => one === version)).toHaveLength(1);
  expect(errors).toHaveBeenCalledTimes(1);
  await apply(store, 'good', 'better');
  await link.refresh();
  expect(link.refusedVersion).toBeUndefined();
  expect(taken.at(-1)).toEqual(['better', 'good']);
  await link.close();
});

test('more objects than can be kept are refused as a whole, by the link and by a plan, and never cut off', async () => {
  const store = new PostgresConfiguration(postgres, { maxRows: 2 });
  await apply(store, 'a', 'b');
  const { link, taken, errors } = await linkTo(store);
  const { version } = await apply(store, 'a', 'b', 'c');
  await link.refresh();
  await link.refresh();
  expect(taken).toEqual([['a', 'b']]);
  expect(link.isUp).toBe(true);
  expect(link.refusedVersion).toBe(version);
  expect(errors).toHaveBeenCalledTimes(1);
  await expect(apply(store, 'a')).rejects.toMatchObject({ reason: 'UNUSABLE_CONFIGURATION' });
  await apply(new PostgresConfiguration(postgres), 'a');
  await link.refresh();
  expect(taken.at(-1)).toEqual(['a']);
  await link.close();
});

test('a snapshot that cannot be built leaves the version with what it says', () => {
  const holder = new SnapshotHolder(noParts(), () => {});
  const configuration = { pools: [], policies: [], experiments: [] };
  holder.setConfiguration({ ...configuration, version: '1', providers: [provider('a')] });
  const broken = { ...provider('b'), tags: 1 as unknown as string[] };
  expect(() => holder.setConfiguration({ ...configuration, version: '2', providers: [broken] })).toThrow();
  holder.setHealth({ version: '7', health: new Map([['/a', HealthState.HEALTHY]]) });
  expect(holder.current.version).toBe('1::7');
  expect(holder.parts.providers.map(({ id }) => id)).toEqual(['a']);
  // Given again, it is tried again: nothing says that it is there already.
  holder.setConfiguration({ ...configuration, version: '2', providers: [provider('b')] });
  expect(holder.current.version).toBe('2::7');
});

test('prices that no snapshot can be built with wait, and come with the next part that they fit to', () => {
  const holder = new SnapshotHolder(noParts(), () => {});
  const configuration = { pools: [], policies: [], experiments: [] };
  const offering = (id: string) =>
    Provider.fromPartial({
      id,
      wireFormat: 'openai-chat',
      baseUrl: 'https://a.example/v1',
      models: [{ model: 'm' }],
    });
  holder.setConfiguration({ ...configuration, version: '1', providers: [offering('a')] });
  let isBroken = true;
  const prices = new Map();
  vi.spyOn(prices, 'get').mockImplementation(() => {
    if (isBroken) throw new Error('cannot be read');
    return undefined;
  });
  expect(() => holder.setPrices({ version: 'p2', prices, terms: [] })).toThrow('cannot be read');
  expect([holder.current.version, holder.waitingPrices]).toEqual(['1::', 'p2']);
  // Other parts are taken all the same.
  holder.setHealth({ version: '7', health: new Map([['/a', HealthState.HEALTHY]]) });
  holder.setConfiguration({ ...configuration, version: '2', providers: [offering('b')] });
  expect([holder.current.version, holder.waitingPrices]).toEqual(['2::7', 'p2']);
  isBroken = false;
  holder.setHealth({ version: '8', health: new Map() });
  expect([holder.current.version, holder.waitingPrices]).toEqual(['2:p2:8', undefined]);
});
