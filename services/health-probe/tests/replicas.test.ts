import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { busNames } from '@switchyard/contracts';
import { HealthChanged } from '@switchyard/contracts/events';
import { ProviderMode } from '@switchyard/contracts/routing';
import { newApiKey } from '@switchyard/kernel';
import { createLogger, openPostgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postgresHealthStore } from '../src/adapters/postgres-health-store.ts';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let routing: FakeRouting;
let databaseUrl: string;
let running: AsyncDisposableStack;

beforeEach(async () => {
  running = new AsyncDisposableStack();
  routing = running.use(await startFakeRouting(servers.nats.url, servers.nats.prefix));
  databaseUrl = await servers.postgres.createDatabase();
});
afterEach(() => running.disposeAsync());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const options = (env: Record<string, string> = {}) => ({
  ...{ databaseUrl, env, natsUrl: servers.nats.url, prefix: servers.nats.prefix },
  routingAddress: routing.address,
});
const start = async (env: Record<string, string> = {}): Promise<RunningHealthProbe> =>
  startRunningHealthProbe(options({ HEALTH_PROBE_IDLE_INTERVAL_MS: '300', ...env }));
/** Longer than a machine stands still for a moment. */
const LONG_LEASE = { HEALTH_PROBE_LEASE_MS: '8000' };
const sendersSince = (from: number) => new Set(routing.probes.slice(from).map(({ sender }) => sender));

test('H2: of two replicas exactly one probes; the other takes over when it goes', async () => {
  for (const id of ['a', 'b', 'c']) routing.add(id);
  const first = await start(LONG_LEASE);
  await expect.poll(() => routing.probes.length).toBeGreaterThan(3);
  await using second = await start(LONG_LEASE);
  await wait(3_000);
  expect([...sendersSince(0)]).toEqual([`Bearer ${first.key}`]);
  expect(routing.peak.ofOne).toBe(1);
  await first[Symbol.asyncDispose]();
  const from = routing.probes.length;
  await expect.poll(() => routing.probes.length).toBeGreaterThan(from + 3);
  expect([...sendersSince(from)]).toEqual([`Bearer ${second.key}`]);
}, 40_000);

test('H2: a replica that stands still and wakes up does not go on probing beside its successor', async () => {
  routing.add('a');
  // The first to be made has the schema ready and gives its place free.
  const prepared = await start({ HEALTH_PROBE_ACTIVE: 'false' });
  await prepared[Symbol.asyncDispose]();
  const often = { ...LONG_LEASE, HEALTH_PROBE_IDLE_INTERVAL_MS: '200' };
  const env = { ...prepared.env, ...often, HEALTH_PROBE_ACTIVE: 'true' };
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  running.defer(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  await expect.poll(() => routing.probes.length, { timeout: 90_000 }).toBeGreaterThan(2);
  child.kill('SIGSTOP');
  const successor = running.use(await start(often));
  await expect.poll(() => sendersSince(0).size, { timeout: 30_000 }).toBe(2);
  const from = routing.probes.length;
  child.kill('SIGCONT');
  await wait(4_000);
  expect([...sendersSince(from)]).toEqual([`Bearer ${successor.key}`]);
  expect(routing.peak.ofOne).toBe(1);
}, 180_000);

test('H2: of three replicas one probes; killed with -9, one of the others does, and never two at once', async () => {
  routing.add('a');
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  // The first to be made has the schema ready and gives its place free.
  const prepared = await start({ HEALTH_PROBE_ACTIVE: 'false' });
  await prepared[Symbol.asyncDispose]();
  const children = new Map<string, ChildProcess>();
  for (let n = 0; n < 3; n++) {
    const key = newApiKey();
    const env = {
      ...prepared.env,
      ...{ HEALTH_PROBE_ACTIVE: 'true', HEALTH_PROBE_IDLE_INTERVAL_MS: '200', HEALTH_PROBE_API_KEY: key },
      // Three processes start at once: whoever leads keeps its lease meanwhile.
      HEALTH_PROBE_LEASE_MS: '10000',
    };
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, ...env },
      stdio: 'ignore',
    });
    children.set(`Bearer ${key}`, child);
    running.defer(() => killed(child));
  }
  for (let alive = 3; alive > 1; alive--) {
    const from = routing.probes.length;
    await expect.poll(() => routing.probes.length, { timeout: 90_000 }).toBeGreaterThan(from + 5);
    const [prober = ''] = sendersSince(from);
    await killed(children.get(prober) as ChildProcess);
  }
  await expect.poll(() => sendersSince(0).size, { timeout: 90_000 }).toBe(3);
  // Each had its time: nobody's probes lie between those of another.
  const turns = routing.probes.map(({ sender }) => sender).filter((one, i, all) => one !== all[i - 1]);
  expect(turns.length).toBe(3);
  expect(routing.peak.ofOne).toBe(1);
}, 300_000);

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('replicas show one table, whose versions grow by one with each change, also when the judge is killed in between', async () => {
  for (let n = 0; n < 6; n++) routing.add(`p${n}`);
  const quiet = { HEALTH_PROBE_ACTIVE: 'false' };
  let [judge, other] = [await start(quiet), await start(quiet)];
  await expect.poll(async () => (await other.list()).providers.length, { timeout: 10_000 }).toBe(6);
  for (let round = 0; round < 3; round++) {
    const mode = round % 2 === 0 ? ProviderMode.MAINTENANCE : ProviderMode.ENABLED;
    for (const provider of routing.providers.values()) provider.mode = mode;
    const wanted = mode === ProviderMode.MAINTENANCE ? 'MAINTENANCE' : 'UNSPECIFIED';
    // In the middle of the changes.
    await judge[Symbol.asyncDispose]();
    for (let n = 0; n < 6; n++) await other.until(`p${n}`, wanted);
    [judge, other] = [other, await start(quiet)];
    await expect
      .poll(async () => (await other.list()).version, { timeout: 10_000 })
      .toBe((await judge.list()).version);
    expect((await other.list()).providers.map(({ provider, state }) => [provider, state])).toEqual(
      (await judge.list()).providers.map(({ provider, state }) => [provider, state]),
    );
  }
  const { version } = await judge.list();
  const changes = await eventsOf(18);
  await judge[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  const versions = changes.map((change) => change.version);
  expect(versions).toEqual(versions.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(new Set(versions).size).toBe(18);
  expect(versions.at(-1)).toBe(version);
}, 90_000);

test('whoever does not hold the lease changes nothing', async () => {
  await using service = await start();
  routing.add('a');
  await service.until('a', 'HEALTHY');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const postgres = openPostgres({
    url: service.env.HEALTH_PROBE_DATABASE_URL ?? '',
    ...{ maxConnections: 1, statementTimeoutMs: 2_000, applicationName: 'test' },
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  const store = postgresHealthStore(postgres);
  const impostor = { owner: '11111111-2222-3333-4444-555555555555' };
  const { version, records } = await store.load();
  const [record] = records;
  if (record === undefined) throw new Error('nothing is stored');
  const change = { tenant: '', provider: 'a', reason: 'x', changedAtMs: 0 };
  const changes = [{ ...change, fromState: 'healthy', toState: 'unavailable' } as const];
  expect(await store.renewLease(impostor, 1_000)).toBe(false);
  expect(await store.commit(impostor, { onVersion: version, changes })).toEqual({ kind: 'lease_lost' });
  expect(await store.reconcile(impostor, { add: [], remove: [record] })).toBe(false);
  await store.touch(impostor, [{ ...record, lastProbeAtMs: 1 }]);
  // The holder touches it as it goes on probing.
  const after = (await store.load()).records;
  const [touched] = after.map(({ lastSuccessAtMs, lastFailureAtMs, lastProbeAtMs }) => ({
    lastSuccessAtMs,
    lastFailureAtMs,
    lastProbeAtMs,
  }));
  expect(after).toEqual([{ ...record, ...touched }]);
  expect(touched?.lastProbeAtMs).not.toBe(1);
  // The holder itself changes nothing on a table that it has not seen.
  const { rows } = await client.query('SELECT owner FROM health_probe.lease');
  const stale = await store.commit({ owner: rows[0].owner }, { onVersion: version - 1n, changes });
  expect([stale, (await store.load()).version]).toEqual([{ kind: 'stale' }, version]);
  await postgres.close();
  await client.end();
});

/** The first so many events of the stream, in its order. */
async function eventsOf(count: number): Promise<HealthChanged[]> {
  const nats = await connect({ servers: servers.nats.url });
  const { streams } = busNames(servers.nats.prefix);
  const read = async () => {
    const found: HealthChanged[] = [];
    const consumer = await nats.jetstream().consumers.get(streams.health);
    for await (const message of await consumer.fetch({ max_messages: 1_000, expires: 1_000 })) {
      const event = HealthChanged.decode(message.data);
      if (event.fromState === 'maintenance' || event.toState === 'maintenance') found.push(event);
    }
    return found;
  };
  await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBe(count);
  const events = await read();
  await nats.close();
  return events;
}
