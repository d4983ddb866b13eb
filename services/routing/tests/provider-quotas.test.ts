import { setTimeout as sleep } from 'node:timers/promises';
import { LimitAlgorithm, ProviderLimits } from '@switchyard/contracts/routing';
import { systemClock } from '@switchyard/kernel';
import { connectRedis, createLogger } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, expect, test, vi } from 'vitest';
import { RedisQuotas } from '../src/adapters/redis-quotas.ts';
import { quotasOf } from '../src/domain/limits/quota.ts';
import type { ConfiguredProvider } from '../src/domain/snapshot/offering.ts';
import { type Admission, ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { offering } from './domain/offerings.ts';

const servers = useServers({ redis: 'own' });
const log = createLogger({ service: 'test', level: 'silent' });
const open: { dispose(): void }[] = [];
let used = 0;
/** Of a sliding window; a minute ends with one of them. */
const SLOT_MS = 5_000;

afterEach(() => {
  for (const one of open.splice(0)) one.dispose();
});

/** A provider with limits, under a name that no other test has. */
function limited(limits: Parameters<typeof ProviderLimits.fromPartial>[0]): ConfiguredProvider {
  const { provider } = offering({ provider: `p${used++}` });
  return {
    ...provider,
    quotas: quotasOf(ProviderLimits.fromPartial(limits), { tenant: '', provider: provider.id, endpoint: '' }),
  };
}

/** Replicas that share what they may use, once all of them have seen each other. */
async function startReplicas(count: number, answerMs = 5_000): Promise<ProviderQuotas[]> {
  const prefix = `test${used++}`;
  const stores = Array.from({ length: count }, (_, i) => {
    const redis = connectRedis({ url: servers.redis.url, name: `r${i}`, commandTimeoutMs: 5_000, log });
    const store = new RedisQuotas({ redis, prefix, replica: `r${i}`, answerMs, log });
    open.push(store, { dispose: () => redis.close() });
    return store;
  });
  await seen(stores);
  return stores.map((store) => {
    const quotas = new ProviderQuotas({ store, clock: systemClock });
    open.push(quotas);
    return quotas;
  });
}

const seen = (stores: readonly RedisQuotas[]) =>
  vi.waitFor(
    () => expect(stores.every((store) => store.isUp && store.replicas === stores.length)).toBe(true),
    {
      timeout: 20_000,
    },
  );

const admit = async (quotas: ProviderQuotas, provider: ConfiguredProvider, tokens = 1): Promise<Admission> =>
  quotas.admit({ provider, tokens, isProbe: false });

/** What each replica is told of the calls a minute of a provider. */
const usedOf = (replicas: readonly ProviderQuotas[], provider: ConfiguredProvider) =>
  Promise.all(
    replicas.map((quotas) =>
      quotas
        .of(provider)
        .find(({ quota }) => quota.measure === 'requests_per_minute')
        ?.use(),
    ),
  );

/** Until each replica was told what all have used or hold. @returns that */
const hearOfEachOther = (replicas: readonly ProviderQuotas[], provider: ConfiguredProvider) =>
  vi.waitFor(
    async () => {
      const [first, ...others] = await usedOf(replicas, provider);
      expect(first?.isShared).toBe(true);
      const used = first?.used ?? Number.NaN;
      for (const other of others) expect(other?.used).toBeCloseTo(used, 1);
      return used;
    },
    { timeout: 20_000 },
  );

/** How many of so many calls each are admitted, asked all at once. */
async function admitted(replicas: readonly ProviderQuotas[], provider: ConfiguredProvider, each: number) {
  const all = replicas.flatMap((quotas) => Array.from({ length: each }, () => admit(quotas, provider)));
  return (await Promise.all(all)).filter(({ kind }) => kind === 'admitted').length;
}

test.each([
  ['token bucket', { requestsPerMinute: 1, burstRequests: 20 }],
  ['fixed window', { requestsPerMinute: 20, algorithm: LimitAlgorithm.FIXED_WINDOW }],
  ['sliding window', { requestsPerMinute: 20, algorithm: LimitAlgorithm.SLIDING_WINDOW }],
  ['calls under way', { concurrentRequests: 20 }],
])('%s: replicas together get no more than the limit', async (_, limits) => {
  const replicas = await startReplicas(3);
  const provider = limited(limits);
  // No window must turn in between, nor a slot of one: what is granted at its very end and not used in it is lost.
  const leftMs = SLOT_MS - (Date.now() % SLOT_MS);
  if (leftMs < 4_000) await sleep(leftMs);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += await admitted(replicas, provider, 3);
  expect(sum).toBe(20);
});

test('calls go on without a word to the store', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  const provider = limited({ requestsPerMinute: 6_000 });
  expect((await admit(quotas, provider)).kind).toBe('admitted');
  await sleep(50);
  for (let i = 0; i < 20; i++) {
    expect(quotas.admit({ provider, tokens: 1, isProbe: false })).not.toBeInstanceOf(Promise);
    await sleep(20);
  }
});

test('calls that ask while others are being asked for get what they asked for, each of them', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  for (let i = 0; i < 10; i++) {
    const provider = limited({ requestsPerMinute: 6_000, tokensPerMinute: 600_000, concurrentRequests: 500 });
    const asked: Promise<Admission>[] = [];
    for (let call = 0; call < 10; call++) {
      asked.push(admit(quotas, provider, 100));
      // The exchange with the store is under way when the next one asks.
      await nextTurn();
    }
    expect(new Set((await Promise.all(asked)).map(({ kind }) => kind))).toEqual(new Set(['admitted']));
  }
});

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('a place that one replica gives back is there for the other', async () => {
  const [a, b] = (await startReplicas(2)) as [ProviderQuotas, ProviderQuotas];
  const provider = limited({ concurrentRequests: 1 });
  const first = await admit(a, provider);
  expect(await admit(b, provider)).toMatchObject({
    kind: 'limited',
    refusal: { quota: { measure: 'concurrent_requests', limit: 1 } },
  });
  if (first.kind === 'admitted') first.place.end();
  await vi.waitFor(async () => expect((await admit(b, provider)).kind).toBe('admitted'), { timeout: 20_000 });
});

test('tokens: what a call did not use is there again, and what it used beyond is missing', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  const provider = limited({ tokensPerMinute: 60, burstTokens: 1_000 });
  const first = await admit(quotas, provider, 1_000);
  expect((await admit(quotas, provider, 500)).kind).toBe('limited');
  if (first.kind === 'admitted') first.place.settle(400);
  await vi.waitFor(async () => expect((await admit(quotas, provider, 500)).kind).toBe('admitted'), {
    timeout: 20_000,
  });
  expect((await admit(quotas, provider, 500)).kind).toBe('limited');
});

test('what needs more tokens than the bucket holds is let through when the bucket is full', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  const provider = limited({ tokensPerMinute: 60, burstTokens: 100 });
  const first = await admit(quotas, provider, 5_000);
  expect(first.kind).toBe('admitted');
  expect((await admit(quotas, provider, 5_000)).kind).toBe('limited');
  // It took no more than the bucket held, so no more than that comes back.
  if (first.kind === 'admitted') first.place.settle(90);
  await vi.waitFor(async () => expect((await admit(quotas, provider, 5)).kind).toBe('admitted'), {
    timeout: 20_000,
  });
  expect((await admit(quotas, provider, 60)).kind).toBe('limited');
});

test('a limit that is changed counts what is under way on', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  const provider = limited({ concurrentRequests: 2 });
  expect(await admitted([quotas], provider, 3)).toBe(2);
  const raised = {
    ...provider,
    quotas: quotasOf(ProviderLimits.fromPartial({ concurrentRequests: 5 }), {
      tenant: '',
      provider: provider.id,
      endpoint: '',
    }),
  };
  expect(await admitted([quotas], raised, 5)).toBe(3);
});

test('without Redis each replica keeps to its part, at once; afterwards the limit is shared again', async () => {
  const replicas = await startReplicas(2);
  const provider = limited({ requestsPerMinute: 1, burstRequests: 40, concurrentRequests: 100 });
  const areShared = async () => (await usedOf(replicas, provider)).map((use) => use?.isShared);
  expect(await admitted(replicas, provider, 2)).toBe(4);
  const held = (await hearOfEachOther(replicas, provider)) - 4;
  await servers.redis.server.kill('SIGKILL');
  await vi.waitFor(async () => expect(await areShared()).toEqual([false, false]), { timeout: 20_000 });
  const asked = replicas.flatMap((quotas) =>
    Array.from({ length: 40 }, () => quotas.admit({ provider, tokens: 1, isProbe: false })),
  );
  expect(asked.some((one) => one instanceof Promise)).toBe(false);
  const byParts = (await Promise.all(asked)).filter(({ kind }) => kind === 'admitted').length;
  // Of an odd number of units each replica has a half, with which nothing can be called.
  expect(byParts).toBeGreaterThanOrEqual(35);
  expect(byParts).toBeLessThanOrEqual(36);
  await servers.redis.server.restart();
  await vi.waitFor(async () => expect(await areShared()).toEqual([true, true]), { timeout: 20_000 });
  // The store has lost what it knew, and hears of what was taken meanwhile, but for what it had granted before.
  expect(await admitted(replicas, provider, 40)).toBeLessThanOrEqual(40 - (byParts - held) + 1);
});

test.each([
  ['token bucket', { requestsPerMinute: 1, burstRequests: 20 }],
  ['sliding window', { requestsPerMinute: 20, algorithm: LimitAlgorithm.SLIDING_WINDOW }],
])('%s: a store that falls silent again and again gives no new burst', async (_, limits) => {
  const replicas = await startReplicas(2, 250);
  const provider = limited(limits);
  const redis = connectRedis({ url: servers.redis.url, name: 'pause', commandTimeoutMs: 5_000, log });
  open.push({ dispose: () => redis.close() });
  let sum = await admitted(replicas, provider, 3);
  expect(sum).toBe(6);
  for (let i = 0; i < 4; i++) {
    await hearOfEachOther(replicas, provider);
    await vi.waitFor(() => redis.client.client('PAUSE', 800), { timeout: 20_000 });
    // Some wait in vain for an answer, the others are on their own from the start, or come as it answers again.
    for (let asked = 0; asked < 20; asked++) {
      sum += await admitted(replicas, provider, 1);
      await sleep(100);
    }
  }
  sum += await admitted(replicas, provider, 20);
  expect(sum).toBeGreaterThan(12);
  expect(sum).toBeLessThanOrEqual(21);
});

test('what the store grants and hears late is not counted twice', async () => {
  const replicas = await startReplicas(2, 250);
  const provider = limited({ requestsPerMinute: 1, burstRequests: 20 });
  const redis = connectRedis({ url: servers.redis.url, name: 'pause', commandTimeoutMs: 5_000, log });
  open.push({ dispose: () => redis.close() });
  await admitted(replicas, provider, 3);
  await hearOfEachOther(replicas, provider);
  await redis.client.client('PAUSE', 600);
  await admitted(replicas, provider, 20);
  await vi.waitFor(async () => expect(await hearOfEachOther(replicas, provider)).toBeLessThanOrEqual(20), {
    timeout: 20_000,
  });
});

test('a store whose connection broke while nothing was asked tells that it is back', async () => {
  const redis = connectRedis({ url: servers.redis.url, name: 'idle', commandTimeoutMs: 5_000, log });
  const store = new RedisQuotas({ redis, prefix: `test${used++}`, replica: 'r', answerMs: 5_000, log });
  open.push(store, { dispose: () => redis.close() });
  let ups = 0;
  store.onUp(() => ups++);
  await vi.waitFor(() => expect(ups).toBe(1), { timeout: 20_000 });
  await servers.redis.server.restart();
  await vi.waitFor(() => expect(ups).toBe(2), { timeout: 20_000 });
});

test('a store that was emptied is no reason to refuse', async () => {
  const [quotas] = (await startReplicas(1)) as [ProviderQuotas];
  const provider = limited({ requestsPerMinute: 600, burstRequests: 100 });
  expect(await admitted([quotas], provider, 10)).toBe(10);
  const redis = connectRedis({ url: servers.redis.url, name: 'flush', commandTimeoutMs: 5_000, log });
  await vi.waitFor(() => redis.client.flushall(), { timeout: 20_000 });
  redis.close();
  expect(await admitted([quotas], provider, 10)).toBe(10);
});
