import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import {
  CacheAdminServiceClient,
  CacheResult,
  CacheUse,
  CompleteRequest,
  Purpose,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { newApiKey } from '@switchyard/kernel';
import { callMetadata, callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { Redis } from 'ioredis';
import { connect, type NatsConnection } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { MODELS, operator, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true, redis: 'own' });
const EMBEDDER = 'vectors';
/** Longest that a request waits here. */
const WAIT_MS = 2_000;
const ASKED = 'How do I change the colour of the sign above the gate?';
const ASKED_NEARLY = 'how do i change the colour of the signs above the gate';
const ASKED_OTHERWISE = 'Who repairs the lamp in the northern shed?';

let chats: Simulator;
let embedders: Simulator;
/** Two replicas: each has its own memory. */
let here: RoutingUnderTest;
let there: RoutingUnderTest;
let redis: Redis;
let bus: NatsConnection;
const booked: UsageRecord[] = [];
const apiKey = newApiKey();

beforeAll(async () => {
  chats = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  embedders = await startSimulator({ providers: [{ name: 'emb', format: 'openai-chat', models: 'any' }] });
  const databaseUrl = await servers.postgres.createDatabase();
  const prices = [
    { provider: 'sim', model: MODELS[0] as string, input: 1_000_000_000n, output: 2_000_000_000n },
    { provider: 'emb', model: EMBEDDER, input: 20_000_000n, output: 0n },
  ];
  const start = () =>
    startRouting({
      databaseUrl,
      natsUrl: servers.nats.url,
      subjectPrefix: servers.nats.prefix,
      stateDir: stateDirWithPrices(prices),
      env: {
        ROUTING_API_KEY: apiKey,
        REDIS_URL: servers.redis.url,
        ROUTING_CACHE_SEMANTIC_WAIT_MS: String(WAIT_MS),
      },
      authenticate: (authorization) =>
        authorization?.startsWith('Bearer sy_') ? operator : authenticateByName(authorization),
    });
  here = await start();
  await here.addProvider({ id: 'sim', baseUrl: `${chats.providers.sim?.baseUrl}/v1` });
  await here.addProvider({
    id: 'emb',
    region: 'us-east',
    baseUrl: `${embedders.providers.emb?.baseUrl}/v1`,
    models: [
      {
        model: EMBEDDER,
        catalogModel: '',
        capabilities: ['embeddings'],
        contextTokens: 1_000,
        maxOutputTokens: undefined,
      },
    ],
  });
  there = await start();
  redis = new Redis(servers.redis.url);
  bus = await connect({ servers: servers.nats.url });
  bus.subscribe(busNames(servers.nats.prefix).usageAll, {
    callback: (_, message) => {
      for (const { record } of UsageBatch.decode(message.data).records)
        booked.push(UsageRecord.decode(record));
    },
  });
});

afterEach(() => embedders.clearFaults());

afterAll(async () => {
  redis.disconnect();
  await bus.close();
  await here[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
  await chats.close();
  await embedders.close();
});

type Change = Parameters<typeof CompleteRequest.fromPartial>[0];
interface Asked {
  readonly at?: RoutingUnderTest;
  readonly text: string;
  readonly tenant: string;
  readonly change?: Change;
}
const SEMANTIC = { use: CacheUse.ON, embeddingModel: EMBEDDER, minSimilarity: 0.85 };
const requestOf = ({ text, change }: Asked) =>
  CompleteRequest.fromPartial({
    model: MODELS[0],
    cache: { use: CacheUse.ON, semantic: SEMANTIC },
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: text } }] }],
    ...change,
  });
const complete = (asked: Asked) => {
  const { inference, target } = asked.at ?? here;
  return callUnary({
    method: inference.complete.bind(inference),
    request: requestOf(asked),
    target: { ...target, apiKey: `agent@${asked.tenant}` },
    timeoutMs: 20_000,
  });
};
const resultOf = async (asked: Asked) => (await complete(asked)).cache?.result;
const pieces = async (asked: Asked) => {
  const { inference, target } = asked.at ?? here;
  const call = inference.streamComplete(
    requestOf(asked),
    callMetadata({ ...target, apiKey: `agent@${asked.tenant}` }),
  );
  const events: StreamCompleteResponse[] = [];
  for await (const event of call) events.push(event as StreamCompleteResponse);
  return events;
};
const embedded = () => embedders.stats().providers.emb?.received ?? 0;
const asked = () => chats.stats().providers.sim?.received ?? 0;
const { MISS, HIT_L1, HIT_SEMANTIC } = CacheResult;
/** Asks until another question may find this one's answer: it is made known once it was embedded. */
const known = async (of: Asked) => {
  const first = await complete(of);
  await expect.poll(() => resultOf({ ...of, text: ASKED_NEARLY })).toBe(HIT_SEMANTIC);
  return first;
};

test('a question that means nearly the same has the kept answer, and is told so; the saving and the embedding are booked', async () => {
  const tenant = 'near';
  const first = await known({ text: ASKED, tenant });
  const before = asked();
  const second = await complete({ text: ASKED_NEARLY, tenant });
  expect(asked()).toBe(before);
  expect(second).toMatchObject({
    message: first.message,
    cost: { totalNanoUsd: 0n },
    cache: {
      result: HIT_SEMANTIC,
      answeredRequestId: first.requestId,
      matchedKey: first.cache?.key,
      savedNanoUsd: first.cost?.totalNanoUsd,
    },
  });
  expect(second.cache?.key).not.toBe(first.cache?.key);
  expect(second.cache?.similarity).toBeGreaterThan(0.85);
  expect(second.cache?.similarity).toBeLessThan(1);
  expect(second.route?.reason).toContain('nearly the same');
  await expect
    .poll(() => booked.find(({ requestId }) => requestId === second.requestId))
    .toMatchObject({
      cache: HIT_SEMANTIC,
      costNanoUsd: 0n,
      savedNanoUsd: first.cost?.totalNanoUsd,
    });
  const lines = booked.filter((line) => line.tenant === tenant && line.purpose === Purpose.SEMANTIC_CACHE);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(lines.every(({ provider, costNanoUsd = 0n }) => provider === 'emb' && costNanoUsd > 0n)).toBe(true);
});

test('another question is asked, and the same one costs no embedding', async () => {
  const tenant = 'other-questions';
  await known({ text: ASKED, tenant });
  expect(await resultOf({ text: ASKED_OTHERWISE, tenant })).toBe(MISS);
  const before = embedded();
  expect(await resultOf({ text: ASKED, tenant })).toBe(HIT_L1);
  expect(embedded()).toBe(before);
});

test('nobody embeds where nobody has asked for it, and nothing near is given', async () => {
  const tenant = 'off';
  await known({ text: ASKED, tenant });
  const before = embedded();
  const plain = { cache: { use: CacheUse.ON } };
  expect(await resultOf({ text: ASKED_NEARLY, tenant, change: plain })).toBe(MISS);
  expect(embedded()).toBe(before);
});

test.each<[string, Change]>([
  ['model', { model: MODELS[1] as string }],
  ['system prompt', { messages: [] }],
  ['tools', { tools: [{ name: 'search' }] }],
  ['sampling', { sampling: { maxOutputTokens: 7 } }],
  ['excluded providers', { requirements: { excludedProviders: ['nobody'] } }],
  ['threshold', { cache: { use: CacheUse.ON, semantic: { ...SEMANTIC, minSimilarity: 0.999 } } }],
])('nothing near is given with another %s', async (what, change) => {
  const tenant = 'all-else';
  await known({ text: ASKED, tenant });
  const messages = [
    { role: Role.SYSTEM, parts: [{ content: { $case: 'text' as const, value: 'Be brief.' } }] },
    { role: Role.USER, parts: [{ content: { $case: 'text' as const, value: ASKED_NEARLY } }] },
  ];
  const changed = what === 'system prompt' ? { messages } : change;
  expect(await resultOf({ text: ASKED_NEARLY, tenant, change: changed })).toBe(MISS);
});

test('another tenant has no part in it', async () => {
  await known({ text: ASKED, tenant: 'mine' });
  for (const at of [here, there])
    expect(await resultOf({ at, text: ASKED_NEARLY, tenant: `theirs-${at === here}` })).toBe(MISS);
});

test('the other replica knows it from Redis, where neither questions nor vectors can be read', async () => {
  const tenant = 'shared';
  await known({ text: ASKED, tenant });
  await expect.poll(() => resultOf({ at: there, text: ASKED_NEARLY, tenant })).toBe(HIT_SEMANTIC);
  const names = await redis.keys(`*{${tenant}}*`);
  expect(names.some((name) => name.includes(':vector:'))).toBe(true);
  const values = await Promise.all(
    names.map(async (name) =>
      (await redis.type(name)) === 'zset' ? redis.zrange(name, '0', '-1') : redis.getBuffer(name),
    ),
  );
  const everything = Buffer.concat(
    [names, ...values].map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))),
  );
  for (const said of ['colour', EMBEDDER, 'embeddedBy']) expect(everything.includes(said), said).toBe(false);
});

test('questions whose answers have ended leave the list of their scope with the next one', async () => {
  const tenant = 'ended';
  await known({ text: ASKED, tenant });
  const [scope = ''] = await redis.keys(`*{${tenant}}:scope:*`);
  await redis.zadd(scope, 1, 'ended');
  await resultOf({ text: ASKED_OTHERWISE, tenant });
  await expect.poll(() => redis.zscore(scope, 'ended')).toBeNull();
  expect(await redis.zcard(scope)).toBeGreaterThan(0);
});

test('what is cleared is not given, at either replica, and no vector of it is left', async () => {
  const tenant = 'cleared';
  await known({ text: ASKED, tenant });
  await expect.poll(() => resultOf({ at: there, text: ASKED_NEARLY, tenant })).toBe(HIT_SEMANTIC);
  const target = { ...here.target, apiKey: `admin@${tenant}` };
  const admin = openGrpcClient(CacheAdminServiceClient, target);
  const call = { target, timeoutMs: 10_000 };
  const statistics = await callUnary({
    ...call,
    method: admin.getCacheStatistics.bind(admin),
    request: { tenant: '' },
  });
  expect(statistics.requests['hit-semantic']).toBeGreaterThan(0n);
  expect(statistics.embeddedQuestions).toBeGreaterThan(1n);
  expect(statistics.embeddingCostNanoUsd).toBeGreaterThan(0n);
  const request = { tenant: '', model: '', key: '' };
  await callUnary({ ...call, method: admin.clearCache.bind(admin), request });
  admin.close();
  const left = await redis.keys(`*{${tenant}}:vector:*`);
  expect(left).toEqual([]);
  for (const [at, text] of [
    [here, ASKED_NEARLY],
    [there, `${ASKED_NEARLY} now`],
  ] as const)
    expect(await resultOf({ at, text, tenant, change: { model: MODELS[0] as string } })).not.toBe(HIT_L1);
});

test('a stream has the near answer, told as a stream, and what a stream was told is known', async () => {
  const tenant = 'streams';
  const first = await pieces({ text: ASKED, tenant });
  const near = { text: ASKED_NEARLY, tenant };
  const startOf = ([start]: StreamCompleteResponse[]) =>
    start?.event?.$case === 'started' ? start.event.value : undefined;
  await expect.poll(async () => startOf(await pieces(near))?.cache?.result).toBe(HIT_SEMANTIC);
  const second = await pieces(near);
  const textOf = (events: StreamCompleteResponse[]) =>
    events
      .map(({ event }) =>
        event?.$case === 'delta' && event.value.content?.$case === 'text' ? event.value.content.value : '',
      )
      .join('');
  expect(textOf(second)).toBe(textOf(first));
  expect(startOf(second)?.cache?.answeredRequestId).toBe(startOf(first)?.requestId);
});

test('over HTTP the headers and the body tell of it', async () => {
  const ask = (content: string) =>
    httpRequest(`${here.httpUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer agent@http', 'content-type': 'application/json' },
      body: JSON.stringify({
        model: MODELS[0],
        messages: [{ role: 'user', content }],
        switchyard: {
          cache: { use: 'on', semantic: { use: 'on', embedding_model: EMBEDDER, min_similarity: 0.85 } },
        },
      }),
    });
  await (await ask(ASKED)).body.dump();
  await expect
    .poll(async () => {
      const { headers, body } = await ask(ASKED_NEARLY);
      const { switchyard } = (await body.json()) as { switchyard: { cache: { similarity?: number } } };
      return {
        header: headers['x-switchyard-cache'],
        similarity: headers['x-switchyard-cache-similarity'],
        switchyard,
      };
    })
    .toMatchObject({
      header: 'hit-semantic',
      similarity: expect.stringMatching(/^0\.\d{4}$/),
      switchyard: { cache: { result: 'hit-semantic', similarity: expect.any(Number) } },
    });
});

test('an answer that calls a tool is given to its own question alone', async () => {
  const tenant = 'tools';
  const tools = [{ name: 'lookup', parametersJsonSchema: '{"type":"object"}' }];
  const change = { tools };
  const call = `${ASKED} Call the tool`;
  expect((await complete({ text: call, tenant, change })).message?.parts[0]?.content?.$case).toBe('toolCall');
  const before = embedded();
  expect(await resultOf({ text: call.toLowerCase(), tenant, change })).toBe(MISS);
  expect(embedded()).toBe(before + 1);
});

test('who may not see the question does not embed it', async () => {
  const before = embedded();
  const change = { requirements: { residency: ['eu-west'] } };
  await expect(complete({ text: ASKED, tenant: 'europe', change })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
  });
  const allowed = { requirements: { allowedProviders: ['sim'] } };
  expect(await resultOf({ text: ASKED, tenant: 'europe', change: allowed })).toBe(MISS);
  expect(embedded()).toBe(before);
});

test('who embeds slowly, wrongly or not at all delays no request beyond the bound, and fails none', async () => {
  const tenant = 'faults';
  embedders.setFaults({ provider: 'emb', rules: [{ fault: { type: 'stall' } }] });
  const startedAtMs = performance.now();
  for (let i = 0; i < 6; i++)
    expect(await resultOf({ text: `Slow ${'x'.repeat(i + 1)}?`, tenant })).toBe(MISS);
  // Three of them waited, then nobody did.
  expect(performance.now() - startedAtMs).toBeGreaterThan(2 * WAIT_MS);
  expect(embedded()).toBeGreaterThan(0);
  embedders.setFaults({ provider: 'emb', rules: [{ fault: { type: 'status', status: 500 } }] });
  expect(await resultOf({ text: 'Is it broken?', tenant: 'broken' })).toBe(MISS);
  const unknown = { cache: { use: CacheUse.ON, semantic: { ...SEMANTIC, embeddingModel: 'nobody-has-it' } } };
  expect(await resultOf({ text: ASKED, tenant, change: unknown })).toBe(MISS);
  // The next test asks a model whose breaker has closed again.
  embedders.clearFaults();
  const before = embedded();
  let questions = 0;
  await expect
    .poll(async () => {
      await resultOf({ text: `Is it back ${++questions}?`, tenant: 'back' });
      return embedded();
    })
    .toBeGreaterThan(before);
});

test('those who ask the same at once embed it once', async () => {
  const before = embedded();
  const results = await Promise.all(
    Array.from({ length: 8 }, () => resultOf({ text: 'Who asks all at once?', tenant: 'crowd' })),
  );
  expect(embedded()).toBe(before + 1);
  expect(results.filter((result) => result === MISS)).toHaveLength(1);
});

test('what cannot be is refused by its field, and callers cannot name the purpose', async () => {
  const semantic = (change: object) => ({
    cache: { use: CacheUse.ON, semantic: { ...SEMANTIC, ...change } },
  });
  for (const [change, field] of [
    [semantic({ embeddingModel: '' }), 'cache.semantic.embedding_model'],
    [semantic({ use: CacheUse.OFF }), 'cache.semantic.embedding_model'],
    [semantic({ minSimilarity: 0.2 }), 'cache.semantic.min_similarity'],
    [semantic({ minSimilarity: Number.NaN }), 'cache.semantic.min_similarity'],
    [{ purpose: Purpose.SEMANTIC_CACHE }, 'purpose'],
  ] as const)
    await expect(complete({ text: ASKED, tenant: 'wrong', change })).rejects.toMatchObject({
      violations: [{ field }],
    });
});
