import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let running: AsyncDisposableStack;
let routing: FakeRouting;
let databaseUrl: string;

beforeEach(async () => {
  await sameDay();
  running = new AsyncDisposableStack();
  routing = running.use(await startFakeRouting(servers.nats.url, servers.nats.prefix));
  databaseUrl = await servers.postgres.createDatabase();
});
afterEach(() => running.disposeAsync());

const start = async (): Promise<RunningHealthProbe> =>
  running.use(
    await startRunningHealthProbe({
      ...{ databaseUrl, natsUrl: servers.nats.url, prefix: servers.nats.prefix },
      routingAddress: routing.address,
      env: { HEALTH_PROBE_IDLE_INTERVAL_MS: '100', HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS: '100' },
    }),
  );

/** A provider that is known, and not probed yet. */
async function known(probe: RunningHealthProbe, id: string, tenant = ''): Promise<void> {
  routing.add(id, { health: 'not_configured', tenant });
  await expect.poll(() => probe.probing(id)).toBeDefined();
}
const configure = (id: string) => {
  const provider = routing.providers.get(id);
  if (provider !== undefined) provider.health = 'not_tested';
};
const probesOf = (id: string) => routing.probes.filter(({ provider }) => provider === id);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each(['ok', 'fails'] as const)(
  'H2: a provider whose calls end as "%s" gets as many probes on a day as its budget has, and no more',
  async (behaviour) => {
    const probe = await start();
    await known(probe, 'a');
    (routing.providers.get('a') as { behaviour: string }).behaviour = behaviour;
    await probe.setProbing({ provider: 'a' }, { maxProbesPerDay: 5 });
    configure('a');
    await expect.poll(() => probesOf('a').length, { timeout: 15_000 }).toBe(5);
    await wait(2_000);
    expect(probesOf('a').length).toBe(5);
    await expect.poll(async () => (await probe.probing('a'))?.probesToday).toBe(5);
    // A larger budget is used from where the smaller one ended; another replica knows what was spent.
    await probe.setProbing({ provider: 'a' }, { maxProbesPerDay: 8 });
    await expect.poll(() => probesOf('a').length).toBe(8);
    await probe[Symbol.asyncDispose]();
    await start();
    await wait(2_000);
    expect(probesOf('a').length).toBe(8);
  },
  60_000,
);

test('H2: under a limit in money each probe may cost what is left, and their sum stays below it', async () => {
  const probe = await start();
  await known(probe, 'a');
  const provider = routing.providers.get('a');
  if (provider !== undefined) provider.costNanoUsd = 400_000n;
  await probe.setProbing({ provider: 'a' }, { maxNanoUsdPerDay: 1_500_000n });
  configure('a');
  await expect
    .poll(async () => (await probe.probing('a'))?.nanoUsdToday, { timeout: 15_000 })
    .toBeGreaterThan(1_000_000n);
  await wait(2_000);
  const limits = probesOf('a').map(({ maxCostNanoUsd }) => maxCostNanoUsd ?? 0n);
  expect(limits[0]).toBe(1_000_000n);
  for (const [index, limit] of limits.entries()) {
    expect(limit).toBeGreaterThan(0n);
    expect(BigInt(index) * 400_000n + limit).toBeLessThanOrEqual(1_500_000n);
  }
}, 60_000);

test('H2: what a probe without an answer may have cost stays spent', async () => {
  const probe = await start();
  await known(probe, 'a');
  (routing.providers.get('a') as { behaviour: string }).behaviour = 'hangs';
  await probe.setProbing({ provider: 'a' }, { maxNanoUsdPerDay: 1_200_000n });
  configure('a');
  await expect
    .poll(async () => (await probe.probing('a'))?.nanoUsdToday, { timeout: 20_000 })
    .toBe(1_200_000n);
  await expect
    .poll(() => probesOf('a').map(({ maxCostNanoUsd }) => maxCostNanoUsd))
    .toEqual([1_000_000n, 200_000n]);
}, 60_000);

test('H2: a provider may be left unprobed, or probed seldom', async () => {
  const probe = await start();
  await known(probe, 'a');
  await known(probe, 'b');
  await probe.setProbing({ provider: 'a' }, { active: false });
  await probe.setProbing({ provider: 'b' }, { idleIntervalMs: 3_600_000 });
  configure('a');
  configure('b');
  await expect.poll(() => probesOf('b').length).toBe(1);
  await wait(2_000);
  expect([probesOf('a').length, probesOf('b').length]).toEqual([0, 1]);
  expect(await probe.probing('b')).toMatchObject({
    isDefault: false,
    settings: { active: true, idleIntervalMs: 3_600_000, maxProbesPerDay: 10_000 },
  });
}, 60_000);

test('whoever pays sets: a tenant its own providers, the installation its own', async () => {
  const probe = await start();
  await known(probe, 'shared');
  await known(probe, 'own', 't1');
  const settings = { maxProbesPerDay: 1 };
  await expect(probe.setProbing({ provider: 'shared' }, settings, 'viewer@t1')).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  await expect(probe.setProbing({ provider: 'shared' }, settings, 'admin@t1')).rejects.toMatchObject({
    reason: 'PROBING_NOT_ALLOWED',
  });
  const own = { provider: 'own', tenant: 't1' };
  await expect(probe.setProbing(own, settings, 'admin@t2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await probe.setProbing(own, settings, 'admin@t1')).toMatchObject({ isDefault: false });
  await expect(probe.setProbing({ provider: 'shared' }, { idleIntervalMs: 99 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    publicMessage: expect.stringContaining('settings.idle_interval_ms'),
  });
});
