import { randomUUID } from 'node:crypto';
import { ProviderMode } from '@switchyard/contracts/routing';
import type { HealthState } from '@switchyard/resilience';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { nameOf, type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let running: AsyncDisposableStack;
let routing: FakeRouting;
let probe: RunningHealthProbe;
let database: pg.Client;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

beforeEach(async () => {
  running = new AsyncDisposableStack();
  routing = running.use(await startFakeRouting(servers.nats.url, servers.nats.prefix));
  const databaseUrl = await servers.postgres.createDatabase();
  const { url: natsUrl, prefix } = servers.nats;
  const env = { HEALTH_PROBE_ACTIVE: 'false' };
  const options = { databaseUrl, natsUrl, prefix, env, routingAddress: routing.address };
  probe = running.use(await startRunningHealthProbe(options));
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  running.defer(() => database.end());
});
afterEach(() => running.disposeAsync());

/** A provider in maintenance: the judge leaves it alone, so the history stays as it was written. */
async function quiet(id: string, tenant = ''): Promise<void> {
  routing.add(id, { tenant, mode: ProviderMode.MAINTENANCE });
  const listed = async () => (await probe.list()).providers.find(({ provider }) => provider === id);
  await expect
    .poll(async () => nameOf((await listed())?.state ?? 0), { timeout: 10_000 })
    .toBe('MAINTENANCE');
  await database.query('DELETE FROM health_probe.health_changes WHERE provider = $1', [id]);
}

type Step = readonly [state: HealthState, agoMs: number];

/** Writes a past: each step begins a state so long ago; the first only says what was before the second. */
async function past(provider: string, steps: readonly Step[], owner = 'installation'): Promise<void> {
  const now = Date.now();
  for (const [index, [state, agoMs]] of steps.entries()) {
    const [before] = steps[index - 1] ?? [];
    if (before === undefined) continue;
    await database.query(
      `INSERT INTO health_probe.health_changes (version, id, tenant, provider, from_state, to_state, reason, changed_at)
       SELECT 1000 + count(*), $1, $2, $3, $4, $5, 'because', $6 FROM health_probe.health_changes`,
      [randomUUID(), owner, provider, before, state, new Date(now - agoMs)],
    );
  }
  const [state, agoMs] = steps.at(-1) ?? ['not_tested', 0];
  await database.query(
    'UPDATE health_probe.provider_health SET state = $3, since = $4 WHERE tenant = $1 AND provider = $2',
    [owner, provider, state, new Date(now - agoMs)],
  );
}

const sharesOf = async (provider: string) =>
  (await probe.uptime({ provider })).providers[0]?.spans.map(({ uptime }) => uptime && uptime * 100);

test.each<[string, readonly Step[], (number | undefined)[]]>([
  ['nothing is known of one never tested', [['not_tested', 10 * HOUR_MS]], [undefined, undefined, undefined]],
  [
    'healthy since before',
    [
      ['not_tested', 0],
      ['healthy', 40 * 24 * HOUR_MS],
    ],
    [100, 100, 100],
  ],
  [
    'down now, for half an hour',
    [
      ['not_tested', 0],
      ['healthy', 2 * HOUR_MS],
      ['unavailable', 30 * MINUTE_MS],
    ],
    [50, 75, 75],
  ],
  [
    'degraded counts as up, unhealthy as down',
    [
      ['not_tested', 0],
      ['degraded', 60 * MINUTE_MS],
      ['unhealthy', 15 * MINUTE_MS],
    ],
    [75, 75, 75],
  ],
  [
    'maintenance counts neither way',
    [
      ['not_tested', 0],
      ['healthy', 50 * MINUTE_MS],
      ['unavailable', 40 * MINUTE_MS],
      ['maintenance', 30 * MINUTE_MS],
    ],
    [50, 50, 50],
  ],
  [
    'the state before the first change that is kept',
    [
      ['healthy', 0],
      ['unavailable', 6 * HOUR_MS],
    ],
    [0, 75, 99.2],
  ],
])('H4: uptime over 1 h, 24 h, 30 d: %s', async (_, steps, shares) => {
  await quiet('a');
  const sinceMs = performance.now();
  await past('a', steps);
  const found = await sharesOf('a');
  // To a tenth of a percent, but for what went by of the hour meanwhile.
  const margin = 0.05 + (100 * (performance.now() - sinceMs)) / HOUR_MS;
  const near = (share: number | undefined, wanted: number | undefined) =>
    share !== undefined && wanted !== undefined && Math.abs(share - wanted) <= margin ? wanted : share;
  expect(found?.map((share, i) => near(share, shares[i]))).toEqual(shares);
});

test('H4: time while a provider was removed counts neither way', async () => {
  await quiet('a');
  // Healthy for ten minutes, removed, added again, down for ten minutes until now.
  await past('a', [
    ['not_tested', 0],
    ['healthy', 50 * MINUTE_MS],
  ]);
  await past('a', [
    ['not_tested', 0],
    ['unavailable', 10 * MINUTE_MS],
  ]);
  const { providers } = await probe.uptime({ provider: 'a' });
  const [hour] = providers[0]?.spans ?? [];
  expect([Number(hour?.upMs), Math.round(Number(hour?.downMs) / MINUTE_MS)]).toEqual([0, 10]);
});

test('H4: the history gives each change with its reason, the newest first, page by page and within a time', async () => {
  await quiet('a');
  await quiet('b');
  await past('a', [
    ['not_tested', 0],
    ['healthy', 3 * HOUR_MS],
    ['unavailable', 2 * HOUR_MS],
    ['degraded', HOUR_MS],
  ]);
  const first = await probe.history({ provider: 'a', pageSize: 2 });
  const second = await probe.history({ provider: 'a', pageSize: 2, pageToken: first.nextPageToken });
  const states = [...first.changes, ...second.changes].map(({ fromState, toState }) => [
    nameOf(fromState),
    nameOf(toState),
  ]);
  expect(states).toEqual([
    ['UNAVAILABLE', 'DEGRADED'],
    ['HEALTHY', 'UNAVAILABLE'],
    ['UNSPECIFIED', 'HEALTHY'],
  ]);
  expect([first.changes.length, second.changes.length, second.nextPageToken]).toEqual([2, 1, '']);
  expect(first.changes[0]?.reason).toBe('because');
  const startTime = new Date(Date.now() - 2.5 * HOUR_MS);
  const endTime = new Date(Date.now() - 1.5 * HOUR_MS);
  const within = await probe.history({ startTime, endTime });
  expect(within.changes.map(({ toState }) => nameOf(toState))).toEqual(['UNAVAILABLE']);
  expect((await probe.history({ provider: 'b' })).changes).toEqual([]);
});

test("H4: a tenant sees its own history and the installation's, never another tenant's", async () => {
  const owned = [
    ['shared', ''],
    ['mine', 't1'],
    ['theirs', 't2'],
  ] as const;
  // First all of them: the judge looks again at all whenever one is added.
  for (const [id, tenant] of owned) await quiet(id, tenant);
  for (const [id, tenant] of owned) {
    const steps = [
      ['not_tested', 0],
      ['healthy', HOUR_MS],
    ] as const;
    await past(id, steps, tenant === '' ? 'installation' : tenant);
  }
  const seen = (await probe.history({}, 'viewer@t1')).changes.map(({ provider }) => provider);
  expect(seen.sort()).toEqual(['mine', 'shared']);
  const up = (await probe.uptime({}, 'viewer@t1')).providers.map(({ provider }) => provider);
  expect(up).toEqual(['mine', 'shared']);
  const other = { provider: 'theirs', tenant: 't2' };
  await expect(probe.history(other, 'viewer@t1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(probe.uptime(other, 'viewer@t1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await probe.history({})).changes.length).toBe(3);
});

test.each([
  [{ pageSize: 1_001 }, 'page_size'],
  [{ pageToken: 'x' }, 'page_token'],
  [{ tenant: 't1' }, 'tenant'],
  [{ startTime: new Date(2_000), endTime: new Date(1_000) }, 'start_time'],
])('a history of %j is refused by the name of the field', async (request, field) => {
  await expect(probe.history(request)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    publicMessage: expect.stringContaining(field),
  });
});

test('H1: a provider is told of as a whole and by model: rates, percentiles, classes, runs, last times', async () => {
  routing.add('a');
  await expect.poll(async () => (await probe.list()).providers.length, { timeout: 10_000 }).toBe(1);
  await routing.traffic('a', { ok: 8, model: 'good' });
  await routing.traffic('a', { failed: 2, model: 'bad' });
  await expect.poll(async () => (await probe.get({ provider: 'a' })).requests).toBe(10n);
  const { models, ...whole } = await probe.get({ provider: 'a' });
  expect(whole).toMatchObject({ successRate: 0.8, failures: 2n, failuresByClass: { server_error: 2n } });
  expect(whole.availability).toBeGreaterThan(0);
  expect(models.map(({ model }) => model)).toEqual(['bad', 'good']);
  expect(models[0]).toMatchObject({ successRate: 0, availability: 0, consecutiveFailures: 2 });
  expect(models[0]?.lastFailureAt).toBeInstanceOf(Date);
  expect(models[1]?.latencyP95Ms).toBeCloseTo(20, 0);
  expect((await probe.list()).providers[0]?.models).toEqual([]);
});
