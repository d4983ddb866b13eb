import { busNames } from '@switchyard/contracts';
import { HealthChanged, Observation } from '@switchyard/contracts/events';
import { ProviderMode } from '@switchyard/contracts/routing';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: 'own' });

let nats: NatsConnection;
let routing: FakeRouting;
let probe: RunningHealthProbe | undefined;
let databaseUrl: string;
let prefix: string;
let runs = 0;

beforeAll(async () => {
  nats = await connect({ servers: servers.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
});
afterAll(() => nats.close());
beforeEach(async () => {
  prefix = `${servers.nats.prefix}${++runs}`;
  routing = await startFakeRouting(servers.nats.url, prefix);
  databaseUrl = await servers.postgres.createDatabase();
});
afterEach(async () => {
  await stop();
  await routing[Symbol.asyncDispose]();
});

async function start(): Promise<RunningHealthProbe> {
  probe = await startRunningHealthProbe({
    ...{ databaseUrl, prefix, natsUrl: servers.nats.url, routingAddress: routing.address },
    env: { HEALTH_PROBE_ACTIVE: 'false' },
  });
  return probe;
}
async function stop(): Promise<void> {
  await probe?.[Symbol.asyncDispose]();
  probe = undefined;
}

/** In a second without successes: within one second the order of calls is not known, so it makes no run. */
async function failThreeTimes(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  for (let n = 0; n < 3; n++) await routing.traffic('p', { failed: 1 });
}

interface Told {
  readonly kind: string | undefined;
  readonly event: HealthChanged;
  readonly id: string | undefined;
}

/** Every event on the stream, in order. */
async function told(): Promise<Told[]> {
  const consumer = await nats.jetstream().consumers.get(busNames(prefix).streams.health);
  const found: Told[] = [];
  for await (const message of await consumer.fetch({ max_messages: 1_000, expires: 1_000 })) {
    const kind = message.subject.split('.').at(-2);
    found.push({ kind, event: HealthChanged.decode(message.data), id: message.headers?.get('ce-id') });
  }
  return found;
}

async function announced(): Promise<{ version: string; digest: string } | undefined> {
  const kv = await nats.jetstream().views.kv(busNames(prefix).stateBucket);
  return (await kv.get(busNames(prefix).stateKeys.health))?.json();
}

test('H4: changes are events with the version of the table after them, and the version is announced as state', async () => {
  routing.add('p', { tenant: 't1' });
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  await routing.traffic('p', { ok: 5 });
  await service.until('p', 'HEALTHY');
  await failThreeTimes();
  await service.until('p', 'UNAVAILABLE');
  await expect.poll(async () => (await told()).length, { timeout: 15_000 }).toBe(2);
  const events = await told();
  expect(events.map(({ kind }) => kind)).toEqual(['changed', 'failed']);
  expect(events[1]?.event).toMatchObject({
    ...{ provider: 'p', tenant: 't1', fromState: 'healthy', toState: 'unavailable' },
    reason: '3 failures in a row (limit 3)',
  });
  const { version } = await service.list();
  expect(events.map(({ event }) => event.version)).toEqual([version - 1n, version]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  await expect
    .poll(announced)
    .toMatchObject({ version: String(version), digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
}, 40_000);

test('what is known survives a restart: states, since when, last activity, and the version goes on', async () => {
  routing.add('p');
  const before = await start();
  await expect.poll(() => before.state('p')).toBe('UNSPECIFIED');
  await routing.traffic('p', { ok: 1 });
  await before.until('p', 'HEALTHY');
  await failThreeTimes();
  await before.until('p', 'UNAVAILABLE');
  const health = await before.get({ provider: 'p' });
  const { version } = await before.list();
  await stop();
  await routing.goAway();
  // Neither routing nor traffic: everything comes from the database.
  const after = await start();
  await after.until('p', 'UNAVAILABLE');
  expect(await after.get({ provider: 'p' })).toMatchObject({ since: health.since, reason: health.reason });
  expect((await after.list()).version).toBe(version);
  await routing.comeBack();
  await expect
    .poll(
      async () => {
        await routing.traffic('p', { ok: 1 });
        return after.state('p');
      },
      { timeout: 20_000, interval: 500 },
    )
    .toBe('DEGRADED');
  expect((await after.list()).version).toBe(version + 1n);
}, 60_000);

test('R5: maintenance that an operator ordered is shown, and ends in not tested', async () => {
  const provider = routing.add('p');
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  await routing.traffic('p', { ok: 1 });
  await service.until('p', 'HEALTHY');
  provider.mode = ProviderMode.MAINTENANCE;
  await service.until('p', 'MAINTENANCE');
  expect((await service.get({ provider: 'p' })).reason).toBe('taken out of service by an operator');
  await routing.traffic('p', { failed: 9 });
  provider.mode = ProviderMode.ENABLED;
  await service.until('p', 'UNSPECIFIED');
  await routing.traffic('p', { ok: 1 });
  await service.until('p', 'HEALTHY');
}, 40_000);

test('a change of providers that routing announces is seen at once, not at the next poll', async () => {
  const service = await start();
  await expect
    .poll(async () => (await fetch(`${service.opsUrl}/readyz`)).json())
    .toMatchObject({ status: 'ready' });
  const provider = routing.add('p');
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  const names = busNames(prefix);
  const kv = await nats.jetstream().views.kv(names.stateBucket);
  // A poll comes two seconds after the last one. A busy machine may be as late once, and not every time.
  const gapsMs: number[] = [];
  for (let round = 1; round <= 10 && !gapsMs.some((ms) => ms < 1_900); round++) {
    const { listsAtMs } = routing;
    const from = listsAtMs.length;
    await expect.poll(() => listsAtMs.length, { interval: 10 }).toBeGreaterThan(from);
    const isOut = round % 2 === 1;
    provider.mode = isOut ? ProviderMode.MAINTENANCE : ProviderMode.ENABLED;
    await kv.put(names.stateKeys.providers, JSON.stringify({ version: String(round + 1), digest: '' }));
    await service.until('p', isOut ? 'MAINTENANCE' : 'UNSPECIFIED');
    const [polled = 0, announced = 0] = listsAtMs.slice(from);
    gapsMs.push(announced - polled);
  }
  expect(Math.min(...gapsMs)).toBeLessThan(1_900);
}, 120_000);

test('A17: NATS away: states are kept and served; changes meanwhile are told when it is back, in order', async () => {
  const [first, second] = [routing.add('first'), routing.add('second')];
  const service = await start();
  await expect.poll(() => service.state('second')).toBe('UNSPECIFIED');
  await servers.nats.server.kill('SIGKILL');
  first.mode = ProviderMode.MAINTENANCE;
  await service.until('first', 'MAINTENANCE');
  second.mode = ProviderMode.MAINTENANCE;
  await service.until('second', 'MAINTENANCE');
  const ready = await fetch(`${service.opsUrl}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([
    200,
    { status: 'degraded', parts: { nats: { ok: false } } },
  ]);
  await servers.nats.server.restart();
  await expect.poll(async () => (await told().catch(() => [])).length, { timeout: 30_000 }).toBe(2);
  const { version } = await service.list();
  expect((await told()).map(({ event }) => [event.provider, event.version])).toEqual([
    ['first', version - 1n],
    ['second', version],
  ]);
  await expect.poll(announced, { timeout: 10_000 }).toMatchObject({ version: String(version) });
}, 90_000);

test('a stream and a bucket that somebody deleted are made again', async () => {
  const provider = routing.add('p');
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  await expect.poll(announced, { timeout: 10_000 }).toBeDefined();
  const manager = await nats.jetstreamManager();
  await expect
    .poll(() => manager.streams.delete(busNames(prefix).streams.health).catch(() => false))
    .toBe(true);
  await manager.streams.delete(`KV_${busNames(prefix).stateBucket}`);
  provider.mode = ProviderMode.MAINTENANCE;
  await service.until('p', 'MAINTENANCE');
  await expect.poll(async () => (await told().catch(() => [])).length, { timeout: 20_000 }).toBe(1);
  const { version } = await service.list();
  await expect.poll(announced, { timeout: 20_000 }).toMatchObject({ version: String(version) });
}, 60_000);

test('observations that cannot be true are set aside and counted; the rest goes on', async () => {
  routing.add('p');
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  const names = busNames(prefix);
  nats.publish(names.observation('liar'), Buffer.from('not protobuf at all'));
  const liar = { provider: 'p', model: 'm', successes: 1, latencyBuckets: { 999999: 1 } };
  nats.publish(
    names.observation('liar'),
    Observation.encode(Observation.fromPartial({ providers: [liar] })).finish(),
  );
  await routing.traffic('p', { ok: 2 });
  await service.until('p', 'HEALTHY');
  expect((await service.get({ provider: 'p' })).requests).toBe(2n);
  const metrics = async () => (await fetch(`${service.opsUrl}/metrics`)).text();
  // The two came by another connection.
  await expect
    .poll(metrics)
    .toMatch(/switchyard_health_probe_observations_total\{result="rejected"[^}]*\} 2/);
  expect(await metrics()).toMatch(/switchyard_health_probe_providers\{state="healthy"[^}]*\} 1/);
});

test('figures merge what several replicas of routing saw', async () => {
  routing.add('p');
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  await routing.traffic('p', { ok: 10, model: 'a' });
  await routing.traffic('p', { ok: 5, failed: 5, model: 'b' });
  await expect.poll(async () => (await service.get({ provider: 'p' })).requests).toBe(20n);
  const health = await service.get({ provider: 'p' });
  expect(health).toMatchObject({ failures: 5n, failuresByClass: { server_error: 5n }, averageLatencyMs: 40 });
  expect(health.latencyP50Ms).toBeCloseTo(20, -1);
});

test('A26: every table forces row-level security, and the app role sees nothing without saying for whom', async () => {
  routing.add('p', { tenant: 't1' });
  const service = await start();
  await expect.poll(() => service.state('p')).toBe('UNSPECIFIED');
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  const { rows: tables } = await owner.query(
    `SELECT relname, relforcerowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE nspname = 'health_probe' AND relkind = 'r' AND relname <> 'schema_migrations' ORDER BY relname`,
  );
  expect(tables).toEqual(
    [
      'alert_deliveries',
      'alert_receivers',
      'alert_rules',
      'alerts',
      'health_changes',
      'health_version',
      'lease',
      'probe_settings',
      'probe_spending',
      'provider_health',
    ].map((relname) => ({ relname, relforcerowsecurity: true })),
  );
  await owner.end();
  const app = new pg.Client({ connectionString: service.env.HEALTH_PROBE_DATABASE_URL });
  await app.connect();
  for (const { relname } of tables) {
    expect((await app.query(`SELECT * FROM health_probe.${relname}`)).rows, relname).toEqual([]);
  }
  await app.query(`BEGIN; SELECT set_config('switchyard.tenant', 't2', true)`);
  expect((await app.query('SELECT * FROM health_probe.provider_health')).rows).toEqual([]);
  const steal = `INSERT INTO health_probe.provider_health (tenant, provider, state, reason, since, version) VALUES ('t1', 'x', 'healthy', '', now(), 1)`;
  await expect(app.query(steal)).rejects.toThrow(/row-level security/);
  await app.end();
});
