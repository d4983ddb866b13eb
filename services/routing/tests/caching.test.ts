import { busNames } from '@switchyard/contracts';
import { LineKind, UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import {
  CacheResult,
  CacheUse,
  CompleteRequest,
  DecisionOutcome,
  EmbedRequest,
  Policy,
  PolicyAdminServiceClient,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { callMetadata, callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type FaultRule, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let bus: NatsConnection;
let used = 0;
let model: string;
/** Everything that was booked. */
const booked: UsageRecord[] = [];

const vectors = { model: 'vectors', catalogModel: '', capabilities: ['embeddings'], contextTokens: 100 };

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    stateDir: stateDirWithPrices(
      MODELS.map((name) => ({ provider: 'sim', model: name, input: 1_000_000_000n, output: 2_000_000_000n })),
    ),
  });
  const models = [...MODELS, 'other'].map((name) => ({
    model: name,
    catalogModel: '',
    capabilities: ['text', 'streaming', 'tools'],
    contextTokens: 100_000,
    maxOutputTokens: 1_000,
  }));
  await routing.addProvider({
    id: 'sim',
    baseUrl: `${simulator.providers.sim?.baseUrl}/v1`,
    models: [...models, { ...vectors, maxOutputTokens: undefined }],
  });
  bus = await connect({ servers: servers.nats.url });
  bus.subscribe(busNames(servers.nats.prefix).usageAll, {
    callback: (_, message) => {
      for (const { record } of UsageBatch.decode(message.data).records)
        booked.push(UsageRecord.decode(record));
    },
  });
});

beforeEach(() => {
  model = MODELS[used++] as string;
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await bus.close();
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

type Change = Parameters<typeof CompleteRequest.fromPartial>[0];
const ask = (change: Change = {}) =>
  CompleteRequest.fromPartial({
    model,
    cache: { use: CacheUse.ON },
    failover: { maxRetries: 0 },
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    ...change,
  });
const complete = (request: CompleteRequest, timeoutMs = 20_000) => {
  const { inference, target } = routing;
  return callUnary({ method: inference.complete.bind(inference), request, target, timeoutMs });
};
const pieces = async (request: CompleteRequest, signal?: AbortSignal) => {
  const call = routing.inference.streamComplete(request, callMetadata(routing.target));
  signal?.addEventListener('abort', () => call.cancel());
  const events: StreamCompleteResponse[] = [];
  for await (const event of call) events.push(event as StreamCompleteResponse);
  return events;
};
const textOf = (events: readonly StreamCompleteResponse[]) =>
  events
    .map(({ event }) =>
      event?.$case === 'delta' && event.value.content?.$case === 'text' ? event.value.content.value : '',
    )
    .join('');
const startOf = ([first]: readonly StreamCompleteResponse[]) =>
  first?.event?.$case === 'started' ? first.event.value : undefined;
const endOf = (events: readonly StreamCompleteResponse[]) => {
  const last = events.at(-1);
  return last?.event?.$case === 'finished' ? last.event.value : undefined;
};
const calls = (name = model) => simulator.stats().providers.sim?.models[name]?.received ?? 0;
const fail = (...rules: FaultRule[]) => simulator.setFaults({ provider: 'sim', rules });
const recordOf = async (requestId: string) => {
  await expect.poll(() => booked.some((record) => record.requestId === requestId)).toBe(true);
  return booked.filter((record) => record.requestId === requestId);
};

/** Age in whole seconds of what was made since then. */
const noOlderThan = (sinceMs: number) =>
  expect.toSatisfy((age: number) => age >= 0 && age <= (performance.now() - sinceMs) / 1_000);

test('the same question again is answered from memory, at no cost, and the saving is booked', async () => {
  const sinceMs = performance.now();
  const first = await complete(ask());
  const second = await complete(ask({ context: { agent: 'another' } }));
  expect(first.cache).toMatchObject({ result: CacheResult.MISS, ageSeconds: undefined });
  expect(second).toMatchObject({ message: first.message, usage: first.usage, cost: { totalNanoUsd: 0n } });
  expect(first.cost?.totalNanoUsd).toBeGreaterThan(0n);
  expect(second.cache).toMatchObject({
    result: CacheResult.HIT_L1,
    key: first.cache?.key,
    ageSeconds: noOlderThan(sinceMs),
    savedNanoUsd: first.cost?.totalNanoUsd,
    answeredRequestId: first.requestId,
  });
  expect(second.requestId).not.toBe(first.requestId);
  expect(calls()).toBe(1);
  expect(await recordOf(second.requestId)).toEqual([
    expect.objectContaining({
      line: LineKind.CHARGE,
      outcome: 'ok',
      requestOutcome: DecisionOutcome.CACHED,
      cache: CacheResult.HIT_L1,
      costNanoUsd: 0n,
      savedNanoUsd: first.cost?.totalNanoUsd,
      usage: undefined,
      agent: 'another',
      provider: 'sim',
      model,
    }),
  ]);
});

test('nothing is cached where nobody asks for it', async () => {
  const request = ask({ cache: undefined });
  expect((await complete(request)).cache).toBeUndefined();
  expect((await complete(request)).cache).toBeUndefined();
  expect(calls()).toBe(2);
});

test('a stream is kept and told again as a stream, and whole, and the other way round', async () => {
  const first = await pieces(ask());
  const second = await pieces(ask());
  expect(startOf(first)?.cache?.result).toBe(CacheResult.MISS);
  expect(startOf(second)?.cache?.result).toBe(CacheResult.HIT_L1);
  expect(textOf(second)).toBe(textOf(first));
  expect(endOf(second)).toMatchObject({ usage: endOf(first)?.usage, cost: { totalNanoUsd: 0n } });
  const whole = await complete(ask());
  expect(whole.message?.parts).toMatchObject([{ content: { $case: 'text', value: textOf(first) } }]);
  expect(calls()).toBe(1);
  const other = await complete(ask({ sampling: { temperature: 0.5 } }));
  const told = await pieces(ask({ sampling: { temperature: 0.5 } }));
  expect(other.message?.parts).toMatchObject([{ content: { $case: 'text', value: textOf(told) } }]);
  expect(calls()).toBe(2);
});

test('those who ask the same at once share one call, and each is told and booked by itself', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 2_000 } });
  const answers = await Promise.all(Array.from({ length: 10 }, () => complete(ask())));
  const results = answers.map(({ cache }) => cache?.result);
  expect(results.filter((result) => result === CacheResult.MISS)).toHaveLength(1);
  expect(results.filter((result) => result === CacheResult.JOINED)).toHaveLength(9);
  expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(10);
  expect(calls()).toBe(1);
  for (const { requestId, cache } of answers) {
    const [record] = await recordOf(requestId);
    const isMiss = cache?.result === CacheResult.MISS;
    expect(record).toMatchObject({ cache: isMiss ? 0 : CacheResult.JOINED });
    if (!isMiss) expect(record).toMatchObject({ costNanoUsd: 0n, savedNanoUsd: cache?.savedNanoUsd });
  }
});

test('streams that ask the same at once share one call and hear it as it comes', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 2_000 } });
  const streams = await Promise.all(Array.from({ length: 5 }, () => pieces(ask())));
  expect(new Set(streams.map(textOf)).size).toBe(1);
  expect(streams.map((events) => startOf(events)?.cache?.result).sort()).toEqual([
    CacheResult.MISS,
    ...Array(4).fill(CacheResult.JOINED),
  ]);
  expect(streams.every((events) => events.length === streams[0]?.length)).toBe(true);
  expect(calls()).toBe(1);
});

test('whoever began it may leave: the others are answered, and the call is made once', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 3_000 } });
  const leaving = new AbortController();
  const first = pieces(ask(), leaving.signal).catch((error: unknown) => error);
  await expect.poll(() => calls()).toBe(1);
  const second = pieces(ask());
  // It has joined before the first one leaves.
  await new Promise((resolve) => setTimeout(resolve, 100));
  leaving.abort();
  expect(startOf(await second)?.cache?.result).toBe(CacheResult.JOINED);
  expect(await first).toMatchObject({ code: 1 });
  expect(calls()).toBe(1);
});

test('when all have left the call is ended, and nothing is kept', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 2_000 } });
  const leaving = new AbortController();
  const both = [0, 1].map(() => pieces(ask(), leaving.signal).catch((error: unknown) => error));
  await expect.poll(() => calls()).toBe(1);
  leaving.abort();
  await Promise.all(both);
  simulator.clearFaults();
  await expect.poll(() => simulator.stats().providers.sim?.models[model]?.inFlight ?? 0).toBe(0);
  expect(startOf(await pieces(ask()))?.cache?.result).toBe(CacheResult.MISS);
});

test('a failure is of whoever met it: those who joined ask for themselves', async () => {
  fail({ count: 1, fault: { type: 'delay', firstTokenMs: 6_000 } });
  const hurried = complete(ask(), 2_000).catch((error: unknown) => error);
  await expect.poll(() => calls()).toBe(1);
  const joined = await complete(ask());
  expect(await hurried).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(joined.cache?.result).toBe(CacheResult.MISS);
  expect(calls()).toBe(2);
});

test('of many who joined a call that fails, one asks for all of them', async () => {
  fail({ count: 1, fault: { type: 'delay', firstTokenMs: 6_000 } });
  const hurried = complete(ask(), 2_000).catch((error: unknown) => error);
  await expect.poll(() => calls()).toBe(1);
  const joined = await Promise.all(Array.from({ length: 5 }, () => complete(ask())));
  expect(await hurried).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const results = joined.map(({ cache }) => cache?.result).sort();
  expect(results).toEqual([CacheResult.MISS, ...Array(4).fill(CacheResult.JOINED)].sort());
  expect(calls()).toBe(2);
});

test('whoever joins a stream and leaves it is booked as one that left', async () => {
  fail({ count: 1, fault: { type: 'stall', afterChunks: 3, forMs: 2_000 } });
  const first = pieces(ask());
  await expect.poll(() => calls()).toBe(1);
  const call = routing.inference.streamComplete(ask(), callMetadata(routing.target));
  let requestId = '';
  const left = (async () => {
    for await (const piece of call) {
      const { event } = piece as StreamCompleteResponse;
      if (event?.$case === 'started') requestId = event.value.requestId;
      call.cancel();
    }
  })();
  await expect(left).rejects.toThrow(/CANCELLED/);
  const [record, ...others] = await recordOf(requestId);
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    cache: CacheResult.JOINED,
    requestOutcome: DecisionOutcome.CANCELLED,
    costNanoUsd: 0n,
  });
  expect(startOf(await first)?.cache?.result).toBe(CacheResult.MISS);
});

test('failures and broken streams are not kept', async () => {
  fail({ count: 1, fault: { type: 'status', status: 500 } });
  await expect(complete(ask())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect((await complete(ask())).cache?.result).toBe(CacheResult.MISS);
  fail({ count: 1, fault: { type: 'truncate', afterChunks: 3, ending: 'cut' } });
  const broken = ask({ user: 'u', sampling: { seed: 1n } });
  await expect(pieces(broken)).rejects.toThrow();
  expect(startOf(await pieces(broken))?.cache?.result).toBe(CacheResult.MISS);
});

test('max_age_seconds 0 asks anew and keeps that answer; no_store keeps none', async () => {
  await complete(ask({ cache: { use: CacheUse.ON, noStore: true } }));
  expect((await complete(ask())).cache?.result).toBe(CacheResult.MISS);
  const fresh = await complete(ask({ cache: { use: CacheUse.ON, maxAgeSeconds: 0 } }));
  expect(fresh.cache?.result).toBe(CacheResult.MISS);
  expect((await complete(ask())).cache?.answeredRequestId).toBe(fresh.requestId);
  expect(calls()).toBe(3);
});

test('an answer ends with its time to live', async () => {
  const keptFor = (ttlSeconds: number) =>
    ask({ cache: { use: CacheUse.ON, ttlSeconds }, sampling: { seed: BigInt(ttlSeconds) } });
  for (const ttlSeconds of [1, 600]) await complete(keptFor(ttlSeconds));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await complete(keptFor(1))).cache?.result).toBe(CacheResult.MISS);
  expect((await complete(keptFor(600))).cache?.result).toBe(CacheResult.HIT_L1);
});

test('the decision of a hit says whose answer it was', async () => {
  const first = await complete(ask());
  const second = await complete(ask());
  const { inference, target } = routing;
  const { decision } = await callUnary({
    method: inference.getDecision.bind(inference),
    request: { requestId: second.requestId },
    target,
    timeoutMs: 5_000,
  });
  expect(decision).toMatchObject({
    outcome: DecisionOutcome.CACHED,
    attempts: [],
    candidates: [],
    cache: { result: CacheResult.HIT_L1, answeredRequestId: first.requestId },
    route: {
      provider: 'sim',
      model,
      reason: expect.stringMatching(
        new RegExp(`^from the cache: made for request ${first.requestId} \\d+ s before$`),
      ),
    },
  });
});

test('vectors are cached too', async () => {
  const request = EmbedRequest.fromPartial({
    model: 'vectors',
    inputs: [{ content: { $case: 'text', value: 'a' } }],
    cache: { use: CacheUse.ON },
  });
  const { inference, target } = routing;
  const embed = () =>
    callUnary({ method: inference.embed.bind(inference), request, target, timeoutMs: 5_000 });
  const first = await embed();
  const second = await embed();
  expect(second).toMatchObject({ embeddings: first.embeddings, cache: { result: CacheResult.HIT_L1 } });
  expect(calls('vectors')).toBe(1);
});

test('a policy switches it on for a tenant, and its OFF outweighs what requests ask for', async () => {
  const client = openGrpcClient(PolicyAdminServiceClient, routing.target);
  const setCache = (use: CacheUse) =>
    callUnary({
      method: client.setPolicy.bind(client),
      request: { policy: Policy.fromPartial({ tenant: 't1', cache: { use } }) },
      target: routing.target,
      timeoutMs: 5_000,
    });
  const silent = ask({ cache: undefined });
  await setCache(CacheUse.ON);
  await complete(silent);
  await expect.poll(async () => (await complete(silent)).cache?.result).toBe(CacheResult.HIT_L1);
  const varied = ask({ cache: undefined, sampling: { temperature: 0.9 } });
  expect((await complete(varied)).cache).toBeUndefined();
  await setCache(CacheUse.OFF);
  await expect.poll(async () => (await complete(ask())).cache).toBeUndefined();
  await setCache(CacheUse.UNSPECIFIED);
  await expect.poll(async () => (await complete(ask())).cache?.result).toBe(CacheResult.HIT_L1);
  client.close();
});

test('by HTTP headers ask for it and tell of it, on every surface', async () => {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await httpRequest(`${routing.httpUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-switchyard-cache': 'on', ...headers },
      body: JSON.stringify({ model, ...body }),
    });
    const text = await answer.body.text();
    return { headers: answer.headers, text };
  };
  const messages = [{ role: 'user', content: 'Say it by HTTP.' }];
  const first = await post('/v1/chat/completions', { messages });
  expect(first.headers['x-switchyard-cache']).toBe('miss');
  const second = await post('/v1/chat/completions', { messages });
  expect(second.headers).toMatchObject({
    'x-switchyard-cache': 'hit-l1',
    'x-switchyard-cache-key': first.headers['x-switchyard-cache-key'],
    age: expect.stringMatching(/^\d+$/),
    'x-switchyard-cost-nano-usd': '0',
  });
  expect(JSON.parse(second.text)).toMatchObject({ switchyard: { cache: { result: 'hit-l1' } } });
  const streamed = await post('/v1/chat/completions', { messages, stream: true });
  expect(streamed.headers['x-switchyard-cache']).toBe('hit-l1');
  expect(streamed.text).toContain('data: [DONE]');
  const anew = await post('/v1/chat/completions', { messages }, { 'cache-control': 'no-cache' });
  expect(anew.headers['x-switchyard-cache']).toBe('miss');
  const claude = { messages, max_tokens: 100, stream: true };
  await post('/v1/messages', claude);
  const again = await post('/v1/messages', claude);
  expect(again.headers['x-switchyard-cache']).toBe('hit-l1');
  expect(again.text).toMatch(
    /^event: message_start[\s\S]*event: content_block_delta[\s\S]*event: message_stop/,
  );
  const wrong = await post('/v1/chat/completions', { messages }, { 'x-switchyard-cache': 'yes' });
  expect(wrong.text).toContain('switchyard.cache.use');
});
