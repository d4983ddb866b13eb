import { HealthState } from '@switchyard/contracts/health';
import { ProbeKind, ProviderMode } from '@switchyard/contracts/routing';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let routing: FakeRouting;
let probe: RunningHealthProbe | undefined;
let databaseUrl: string;

beforeEach(async () => {
  routing = await startFakeRouting(servers.nats.url, servers.nats.prefix);
  databaseUrl = await servers.postgres.createDatabase();
});
afterEach(async () => {
  await probe?.[Symbol.asyncDispose]();
  probe = undefined;
  await routing[Symbol.asyncDispose]();
});

async function start(env: Record<string, string> = {}): Promise<RunningHealthProbe> {
  probe = await startRunningHealthProbe({
    ...{ databaseUrl, env, natsUrl: servers.nats.url, prefix: servers.nats.prefix },
    routingAddress: routing.address,
  });
  return probe;
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const probesOf = (id: string) => routing.probes.filter(({ provider }) => provider === id);

test('a new provider is probed and found healthy', async () => {
  routing.add('new');
  const service = await start();
  await service.until('new', 'HEALTHY');
  const health = await service.get({ provider: 'new' });
  expect(health.lastProbeAt).toBeInstanceOf(Date);
  expect(health.lastSuccessAt).toBeInstanceOf(Date);
  expect(health.reason).toBe('the first call succeeded');
});

test.each([ProbeKind.LIST_MODELS, ProbeKind.TCP_TLS])(
  'H2: a provider that is probed without a model (%i) needs none, costs nothing, and is judged alike',
  async (probeKind) => {
    const provider = routing.add('plain', { probeKind, models: [], tenant: 'acme' });
    const service = await start();
    await expect.poll(() => probesOf('plain').length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(probesOf('plain')[0]).toMatchObject({ model: '', tenant: 'acme' });
    const health = async () => (await service.list()).providers.find((one) => one.provider === 'plain');
    await expect.poll(async () => (await health())?.state, { timeout: 15_000 }).toBe(HealthState.HEALTHY);
    provider.behaviour = 'fails';
    await expect.poll(async () => (await health())?.state, { timeout: 15_000 }).toBe(HealthState.UNAVAILABLE);
  },
);

test("H2: a probe is counted once: by routing's observation, not by its own answer", async () => {
  const provider = routing.add('counted');
  const service = await start({ HEALTH_PROBE_IDLE_INTERVAL_MS: '300' });
  await expect.poll(() => probesOf('counted').length).toBeGreaterThanOrEqual(5);
  // Ends the probing: the next list of providers comes within 2 seconds.
  provider.health = 'not_configured';
  await expect
    .poll(async () => {
      const before = probesOf('counted').length;
      await wait(2_000);
      return probesOf('counted').length - before;
    })
    .toBe(0);
  const requests = async () => (await service.get({ provider: 'counted' })).requests;
  await expect.poll(requests).toBe(BigInt(probesOf('counted').length));
  await wait(1_000);
  expect(await requests()).toBe(BigInt(probesOf('counted').length));
});

test('H2: live traffic that proves health silences probes; when it ends they come back', async () => {
  routing.add('busy');
  const service = await start({ HEALTH_PROBE_IDLE_INTERVAL_MS: '8000' });
  await service.until('busy', 'HEALTHY');
  const before = probesOf('busy').length;
  for (let n = 0; n < 50; n++) {
    await routing.traffic('busy', { ok: 5 });
    await wait(200);
  }
  expect(probesOf('busy').length).toBe(before);
  await expect.poll(() => probesOf('busy').length, { timeout: 30_000 }).toBeGreaterThan(before);
}, 60_000);

test('H2: a failure of live traffic brings probes soon', async () => {
  routing.add('shaky');
  const service = await start({ HEALTH_PROBE_IDLE_INTERVAL_MS: '60000' });
  await service.until('shaky', 'HEALTHY');
  const before = probesOf('shaky').length;
  // Within the second of a success a failure makes no run: the order of the two is not known.
  await wait(1_100);
  expect(probesOf('shaky').length).toBe(before);
  await routing.traffic('shaky', { failed: 1 });
  await expect.poll(() => probesOf('shaky').length).toBeGreaterThan(before);
});

test('a provider that fails is unavailable after 3 probes, and back in steps', async () => {
  const provider = routing.add('fickle');
  const service = await start();
  await service.until('fickle', 'HEALTHY');
  provider.behaviour = 'fails';
  await service.until('fickle', 'UNAVAILABLE');
  const { reason, failuresByClass } = await service.get({ provider: 'fickle' });
  expect(reason).toMatch(/^\d+ failures in a row/);
  expect(Object.keys(failuresByClass)).toEqual(['server_error']);
  provider.behaviour = 'ok';
  await service.until('fickle', 'DEGRADED');
  await service.until('fickle', 'HEALTHY', 25_000);
}, 60_000);

test('a provider that hangs has one probe at a time, however suspicious it is', async () => {
  routing.add('hanging', { behaviour: 'hangs' });
  await start({ HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS: '100', HEALTH_PROBE_TIMEOUT_MS: '800' });
  await expect.poll(() => routing.probes.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(4);
  expect(routing.peak.ofOne).toBe(1);
});

test('few probes run at once, though all providers hang', async () => {
  for (let n = 0; n < 20; n++) routing.add(`hanging-${n}`, { behaviour: 'hangs' });
  const service = await start({ HEALTH_PROBE_MAX_CONCURRENCY: '3', HEALTH_PROBE_TIMEOUT_MS: '300' });
  await expect
    .poll(() => new Set(routing.probes.map(({ provider }) => provider)).size, { timeout: 15_000 })
    .toBe(20);
  expect(routing.peak.all).toBe(3);
  expect((await service.list()).providers).toHaveLength(20);
}, 30_000);

test('the cheapest model that can write is asked, in the name of the tenant that the provider belongs to', async () => {
  const model = (name: string, price: bigint, capabilities = ['text']) => ({
    model: name,
    capabilities,
    pricesPerMillionNanoUsd: { input: price, output: price },
  });
  routing.add('own', {
    tenant: 't1',
    models: [
      model('dear', 9n),
      model('embedding', 1n, ['embeddings']),
      model('cheap', 3n),
      model('thinker', 2n, ['text', 'reasoning']),
    ],
  });
  await start();
  await expect.poll(() => probesOf('own').length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(probesOf('own')[0]).toMatchObject({ model: 'cheap', tenant: 't1' });
});

test('a model that turns the probe down is not asked again, and says nothing about the provider', async () => {
  const provider = routing.add('choosy');
  provider.models = ['first', 'second'].map((name, n) => ({
    ...{ model: name, capabilities: ['text'], pricesPerMillionNanoUsd: { input: BigInt(n), output: 0n } },
  }));
  Object.defineProperty(provider, 'behaviour', {
    get: () => (probesOf('choosy').at(-1)?.model === 'first' ? 'turns_the_model_down' : 'ok'),
  });
  const service = await start();
  await service.until('choosy', 'HEALTHY');
  expect(
    probesOf('choosy')
      .map((one) => one.model)
      .slice(0, 2),
  ).toEqual(['first', 'second']);
  expect((await service.get({ provider: 'choosy' })).failures).toBe(0n);
});

test('a provider without its secret is not probed; a disabled one is not even listed', async () => {
  routing.add('bare', { health: 'not_configured' });
  routing.add('off', { mode: ProviderMode.DISABLED });
  routing.add('on');
  const service = await start();
  await service.until('on', 'HEALTHY');
  expect([await service.state('bare'), await service.state('off')]).toEqual(['UNSPECIFIED', undefined]);
  expect([probesOf('bare').length, probesOf('off').length]).toEqual([0, 0]);
});

test('with HEALTH_PROBE_ACTIVE=false nothing is probed, and what is observed still counts', async () => {
  routing.add('quiet');
  const service = await start({ HEALTH_PROBE_ACTIVE: 'false' });
  await expect.poll(() => service.state('quiet')).toBe('UNSPECIFIED');
  await routing.traffic('quiet', { ok: 3 });
  await service.until('quiet', 'HEALTHY');
  expect(routing.probes).toEqual([]);
});

test('routing away is no problem: what is known is shown, and probing goes on when it is back', async () => {
  routing.add('steady');
  const service = await start();
  await service.until('steady', 'HEALTHY');
  await routing.goAway();
  await expect
    .poll(async () => {
      const ready = await fetch(`${service.opsUrl}/readyz`);
      return [ready.status, await ready.json()];
    })
    .toMatchObject([200, { status: 'degraded', parts: { routing: { ok: false } } }]);
  await wait(1_000);
  expect(await service.state('steady')).toBe('HEALTHY');
  const before = routing.probes.length;
  await routing.comeBack();
  await expect.poll(() => routing.probes.length, { timeout: 15_000 }).toBeGreaterThan(before);
}, 40_000);
