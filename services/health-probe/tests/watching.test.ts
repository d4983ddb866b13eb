import { ProviderMode } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { nameOf, type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let routing: FakeRouting;
let service: RunningHealthProbe;

beforeAll(async () => {
  routing = await startFakeRouting(servers.nats.url, servers.nats.prefix);
  routing.add('shared');
  routing.add('same', { tenant: 't1' });
  routing.add('of-t2', { tenant: 't2' });
  service = await start();
  await vi.waitFor(async () => expect((await service.list()).providers).toHaveLength(3), { timeout: 20_000 });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await routing[Symbol.asyncDispose]();
});

const start = async (env: Record<string, string> = {}) =>
  startRunningHealthProbe({
    databaseUrl: await servers.postgres.createDatabase(),
    ...{ natsUrl: servers.nats.url, prefix: servers.nats.prefix, routingAddress: routing.address },
    env: { HEALTH_PROBE_ACTIVE: 'false', ...env },
  });
const ids = (providers: readonly { provider: string }[]) => providers.map(({ provider }) => provider);
const refusal = (call: Promise<unknown>): Promise<ServiceError> =>
  call.then(
    () => {
      throw new Error('the call was not refused');
    },
    (error: ServiceError) => error,
  );

describe('who sees what', () => {
  test.each([
    ['viewer@t1', ['same', 'shared']],
    ['agent@t2', ['of-t2', 'shared']],
    ['viewer@t3', ['shared']],
    ['service@installation', ['of-t2', 'same', 'shared']],
  ] as const)('%s lists %j', async (caller, expected) => {
    expect(ids((await service.list(caller)).providers)).toEqual(expected);
    const watching = service.watch(caller);
    await expect.poll(() => watching.messages.length).toBeGreaterThan(0);
    expect(ids(watching.messages[0]?.providers ?? []).sort()).toEqual(expected);
    watching.cancel();
  });

  test("another tenant's provider is not found", async () => {
    expect((await service.get({ provider: 'same', tenant: 't1' }, 'viewer@t1')).tenant).toBe('t1');
    for (const call of [
      service.get({ provider: 'same', tenant: 't1' }, 'viewer@t2'),
      service.get({ provider: 'same' }, 'viewer@t1'),
      service.get({ provider: 'nobody' }, 'viewer@t1'),
    ]) {
      expect((await refusal(call)).code).toBe('NOT_FOUND');
    }
    expect((await refusal(service.get({}, 'viewer@t1'))).violations[0]?.field).toBe('provider');
  });

  test('a key without the permission is refused', async () => {
    const { code, metadata } = await refusal(service.list('nobody@t1' as 'viewer@t1'));
    expect([code, metadata.permission]).toEqual(['PERMISSION_DENIED', 'health.read']);
  });
});

/** Well-formed, and longer than any that is given. */
const LONG_TOKEN = Buffer.from(JSON.stringify(['p'.repeat(3_000), 't'])).toString('base64url');

test('pages hold every provider once', async () => {
  const first = await service.list('service@installation', { pageSize: 2 });
  expect(ids(first.providers)).toEqual(['of-t2', 'same']);
  const second = await service.list('service@installation', { pageSize: 2, pageToken: first.nextPageToken });
  expect([ids(second.providers), second.nextPageToken]).toEqual([['shared'], '']);
  for (const wrong of [
    { pageSize: -1 },
    { pageSize: 5_001 },
    { pageToken: 'no token' },
    { pageToken: LONG_TOKEN },
  ]) {
    expect((await refusal(service.list('viewer@t1', wrong))).code).toBe('INVALID_ARGUMENT');
  }
});

describe('a watch', () => {
  test('gives the whole table, then each change with its version', async () => {
    const watching = service.watch();
    await expect.poll(() => watching.messages.length).toBeGreaterThan(0);
    const { version } = await service.list();
    expect(watching.messages[0]?.version).toBe(version);
    const provider = routing.providers.get('shared');
    if (provider !== undefined) provider.mode = ProviderMode.MAINTENANCE;
    await expect.poll(() => watching.messages.length).toBe(2);
    const [, change] = watching.messages;
    expect(change?.providers.map((one) => [one.provider, nameOf(one.state)])).toEqual([
      ['shared', 'MAINTENANCE'],
    ]);
    expect(change?.version).toBe(version + 1n);
    if (provider !== undefined) provider.mode = ProviderMode.ENABLED;
    watching.cancel();
    await watching.ended;
  });

  test('of a tenant does not show changes of another', async () => {
    const watching = service.watch('viewer@t3');
    await expect.poll(() => watching.messages.length).toBeGreaterThan(0);
    const before = (await service.list()).version;
    const foreign = routing.providers.get('of-t2');
    if (foreign !== undefined) foreign.mode = ProviderMode.MAINTENANCE;
    await service.until('of-t2', 'MAINTENANCE');
    await expect.poll(() => watching.messages.at(-1)?.version).toBeGreaterThan(before);
    expect(watching.messages.slice(1).flatMap(({ providers }) => ids(providers))).not.toContain('of-t2');
    watching.cancel();
  });

  test('is no longer counted when its caller is gone', async () => {
    const watchers = async () => {
      const text = await (await fetch(`${service.opsUrl}/metrics`)).text();
      return Number(/switchyard_health_probe_watchers\{[^}]*\} (\d+)/.exec(text)?.[1]);
    };
    await expect.poll(watchers).toBe(0);
    const watching = service.watch();
    await expect.poll(watchers).toBe(1);
    watching.cancel();
    await expect.poll(watchers).toBe(0);
  });

  test('ends when the service drains, so that callers go elsewhere and the drain is quick', async () => {
    const draining = await start({ HEALTH_PROBE_DRAIN_GRACE_MS: '60000' });
    const watching = draining.watch();
    await expect.poll(() => watching.messages.length).toBeGreaterThan(0);
    const startedAtMs = performance.now();
    await draining[Symbol.asyncDispose]();
    expect(await watching.ended).toBeUndefined();
    expect(performance.now() - startedAtMs).toBeLessThan(30_000);
  }, 90_000);
});
