import {
  CacheAdminServiceClient,
  CacheResult,
  CacheUse,
  ClearCacheRequest,
  CompleteRequest,
  Role,
} from '@switchyard/contracts/routing';
import { newApiKey } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { MODELS, operator, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true, redis: 'own' });
let simulator: Simulator;
/** Two replicas: each has its own memory. */
let here: RoutingUnderTest;
let there: RoutingUnderTest;
let redis: Redis;
let databaseUrl: string;
let used = 0;

const apiKey = newApiKey();
const start = () =>
  startRouting({
    databaseUrl,
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: { ROUTING_API_KEY: apiKey, REDIS_URL: servers.redis.url },
    authenticate: (authorization) =>
      authorization?.startsWith('Bearer sy_') ? operator : authenticateByName(authorization),
  });

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  here = await start();
  await here.addProvider({ id: 'sim', baseUrl: `${simulator.providers.sim?.baseUrl}/v1` });
  there = await start();
  redis = new Redis(servers.redis.url, { retryStrategy: () => 100 });
  redis.on('error', () => undefined);
});

afterAll(async () => {
  redis.disconnect();
  await here[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
  await simulator.close();
});

interface Asked {
  readonly at: RoutingUnderTest;
  readonly text: string;
  readonly tenant?: string;
}
const complete = ({ at: { inference, target }, text, tenant = 'acme' }: Asked) =>
  callUnary({
    method: inference.complete.bind(inference),
    request: CompleteRequest.fromPartial({
      model: MODELS[0],
      cache: { use: CacheUse.ON },
      messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: text } }] }],
    }),
    target: { ...target, apiKey: `agent@${tenant}` },
    timeoutMs: 20_000,
  });
const calls = () => simulator.stats().providers.sim?.received ?? 0;
/** Asks here and then there, until there has it from Redis: a machine that is busy may be too slow for that at first. */
const shared = async () => {
  const text = `Question ${used++}.`;
  const sinceMs = performance.now();
  const first = await complete({ at: here, text });
  const second = await complete({ at: there, text });
  return { text, first, second, tookMs: performance.now() - sinceMs, result: second.cache?.result };
};
const eventuallyShared = async () => {
  let last: Awaited<ReturnType<typeof shared>> | undefined;
  await expect
    .poll(
      async () => {
        last = await shared();
        return last.result;
      },
      { timeout: 25_000 },
    )
    .toBe(CacheResult.HIT_L2);
  return last as Awaited<ReturnType<typeof shared>>;
};

test('what one replica was answered another one has from Redis, and then from its memory', async () => {
  const { text, first, second, tookMs } = await eventuallyShared();
  expect(second).toMatchObject({
    message: first.message,
    usage: first.usage,
    cost: { totalNanoUsd: 0n },
    cache: { key: first.cache?.key, answeredRequestId: first.requestId },
  });
  expect(second.cache?.ageSeconds).toBeLessThanOrEqual(tookMs / 1_000);
  const before = calls();
  expect((await complete({ at: there, text })).cache?.result).toBe(CacheResult.HIT_L1);
  expect(calls()).toBe(before);
});

test('another tenant has no part in it, at any level', async () => {
  const { text } = await eventuallyShared();
  const results = [
    await complete({ at: here, text, tenant: 'one' }),
    await complete({ at: there, text, tenant: 'other' }),
  ];
  expect(results.map(({ cache }) => cache?.result)).toEqual([CacheResult.MISS, CacheResult.MISS]);
});

test('who reads Redis learns neither questions nor answers, and a changed entry is none', async () => {
  const { text, first } = await eventuallyShared();
  const names = await redis.keys('*:cache:*');
  const values = await Promise.all(
    names.map(async (name) =>
      name.endsWith(':index') ? redis.zrange(name, '0', '-1') : redis.getBuffer(name),
    ),
  );
  const everything = Buffer.concat(
    [names, ...values].map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))),
  );
  for (const said of ['Simulated', text, first.cache?.key ?? '', first.requestId])
    expect(everything.includes(said), said).toBe(false);
  for (const [i, name] of names.entries()) {
    const value = values[i];
    if (Buffer.isBuffer(value)) {
      value.writeUInt8(value.readUInt8(60) ^ 1, 60);
      await redis.setrange(name, 60, value.subarray(60, 61));
    }
  }
  const fresh = await start();
  try {
    expect((await complete({ at: fresh, text })).cache?.result).toBe(CacheResult.MISS);
  } finally {
    await fresh[Symbol.asyncDispose]();
  }
});

const admin = (tenant: string) => {
  const target = { ...here.target, apiKey: `admin@${tenant}` };
  const client = openGrpcClient(CacheAdminServiceClient, target);
  return {
    clear: (request: Partial<ClearCacheRequest> = {}) =>
      callUnary({
        method: client.clearCache.bind(client),
        request: ClearCacheRequest.fromPartial(request),
        target,
        timeoutMs: 10_000,
      }),
    statistics: () =>
      callUnary({
        method: client.getCacheStatistics.bind(client),
        request: { tenant: '' },
        target,
        timeoutMs: 10_000,
      }),
  };
};
const resultAt = async (at: RoutingUnderTest, text: string, tenant = 'acme') =>
  (await complete({ at, text, tenant })).cache?.result;

test('answers are cleared by question, by model or all of a tenant, at every replica and in Redis', async () => {
  const acme = admin('acme');
  const kept = await eventuallyShared();
  const { text, first } = await eventuallyShared();
  expect(await acme.clear({ key: first.cache?.key ?? '' })).toEqual(
    expect.objectContaining({ removedFromMemory: 1, removedFromStore: 1 }),
  );
  // The other replica hears of it by the bus.
  await expect.poll(() => resultAt(there, text)).not.toBe(CacheResult.HIT_L1);
  expect(await resultAt(here, kept.text)).toBe(CacheResult.HIT_L1);
  await complete({ at: here, text: 'Another tenant asks.', tenant: 'other' });
  expect(await acme.clear({ model: 'nobody' })).toMatchObject({ removedFromMemory: 0, removedFromStore: 0 });
  const byModel = await acme.clear({ model: MODELS[0] as string });
  expect(byModel.removedFromMemory).toBeGreaterThan(0);
  expect(byModel.removedFromStore).toBeGreaterThan(0);
  expect((await acme.statistics()).storeEntries).toBe(0);
  const before = calls();
  await expect.poll(() => resultAt(there, kept.text)).toBe(CacheResult.MISS);
  expect(calls()).toBe(before + 1);
  await acme.clear();
  expect(await resultAt(here, kept.text)).toBe(CacheResult.MISS);
  expect(await resultAt(here, 'Another tenant asks.', 'other')).toBe(CacheResult.HIT_L1);
});

test('statistics tell what came from where for a tenant, and what was refused is told by field', async () => {
  const own = admin('counted');
  await complete({ at: here, text: 'Count me.', tenant: 'counted' });
  await complete({ at: here, text: 'Count me.', tenant: 'counted' });
  expect(await own.statistics()).toMatchObject({ requests: { miss: 1n, 'hit-l1': 1n } });
  await expect(own.clear({ key: 'short' })).rejects.toMatchObject({ violations: [{ field: 'key' }] });
  await expect(own.clear({ tenant: 'acme' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('an answer that was on its way when all were cleared is not kept', async () => {
  simulator.setFaults({
    provider: 'sim',
    rules: [{ count: 1, fault: { type: 'delay', firstTokenMs: 3_000 } }],
  });
  const before = calls();
  const slow = complete({ at: here, text: 'On its way.' });
  await expect.poll(() => calls()).toBe(before + 1);
  await admin('acme').clear();
  const anew = complete({ at: here, text: 'On its way.' });
  expect((await slow).cache?.result).toBe(CacheResult.MISS);
  expect((await anew).cache?.result).toBe(CacheResult.MISS);
  const third = await complete({ at: here, text: 'On its way.' });
  expect(third.cache?.answeredRequestId).toBe((await anew).requestId);
});

test('a Redis that hangs, dies or is emptied fails no request', async () => {
  const { server } = servers.redis;
  await server.kill('SIGSTOP');
  for (let i = 0; i < 5; i++)
    expect((await complete({ at: here, text: `Hung ${i}.` })).cache?.result).toBe(CacheResult.MISS);
  await server.kill('SIGCONT');
  await eventuallyShared();
  await server.kill('SIGKILL');
  await expect(admin('acme').clear()).rejects.toMatchObject({ reason: 'CACHE_NOT_CLEARED' });
  expect((await complete({ at: here, text: 'Dead.' })).cache?.result).toBe(CacheResult.MISS);
  expect((await complete({ at: here, text: 'Dead.' })).cache?.result).toBe(CacheResult.HIT_L1);
  await server.restart();
  await eventuallyShared();
  await redis.flushall();
  expect((await complete({ at: here, text: 'Emptied.' })).cache?.result).toBe(CacheResult.MISS);
});
