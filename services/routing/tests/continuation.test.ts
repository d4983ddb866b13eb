import { busNames } from '@switchyard/contracts';
import { LineKind, UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import {
  CacheResult,
  CacheUse,
  CompleteRequest,
  DecisionOutcome,
  ResponseFormat_Kind,
  Role,
  type StreamCompleteResponse,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import type { RequestAuthorization } from '@switchyard/llm';
import { callMetadata, callUnary } from '@switchyard/service-kit';
import { type Fault, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { readyKeys } from './support/ready-keys.ts';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const CLAUDE = 'claude-sonnet-4-5';
/** Who may go on, by wire format, and the path of its base URL. The first two are asked first. */
const PROVIDERS = {
  first: ['openai-chat', '/v1'],
  second: ['openai-chat', '/v1'],
  messages: ['anthropic-messages', '/v1'],
  gemini: ['gemini', '/v1beta'],
  ollama: ['ollama-native', ''],
  responses: ['openai-responses', '/v1'],
} as const;
type ProviderName = keyof typeof PROVIDERS;

/** As each of them wants it. */
const KEY: RequestAuthorization = {
  kind: 'fixed',
  headers: { authorization: 'Bearer test-key', 'x-goog-api-key': 'test-key' },
  secrets: ['test-key'],
};

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let bus: NatsConnection;
let used = 0;
let model: string;
const booked: UsageRecord[] = [];

beforeAll(async () => {
  simulator = await startSimulator({
    providers: Object.entries(PROVIDERS).map(([name, [format]]) => ({
      name,
      format,
      models: 'any' as const,
    })),
  });
  const names = [...MODELS, CLAUDE];
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    stateDir: stateDirWithPrices(
      Object.keys(PROVIDERS).flatMap((provider) =>
        names.map((name) => ({ provider, model: name, input: 1_000_000_000n, output: 2_000_000_000n })),
      ),
    ),
    secrets: readyKeys(() => KEY),
    env: { ROUTING_BETWEEN_TOKENS_TIMEOUT_MS: '2000' },
  });
  const models = names.map((name) => ({
    model: name,
    catalogModel: '',
    capabilities: ['text', 'streaming', 'tools'],
    contextTokens: 100_000,
    maxOutputTokens: 1_000,
  }));
  for (const [i, [id, [wireFormat, path]]] of Object.entries(PROVIDERS).entries())
    await routing.addProvider({
      id,
      wireFormat,
      models,
      baseUrl: `${simulator.providers[id]?.baseUrl}${path}`,
      priority: i,
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

const CONTINUED = { failover: { continueStreams: true } };
const CUT: Fault = { type: 'truncate', afterChunks: 6, ending: 'cut' };

type Change = Parameters<typeof CompleteRequest.fromPartial>[0];
const ask = (change: Change = CONTINUED) =>
  CompleteRequest.fromPartial({
    model,
    messages: [said('Say something.')],
    ...change,
  });
const said = (value: string) => ({
  role: Role.USER,
  parts: [{ content: { $case: 'text' as const, value } }],
});

/** A stream to its end, however it ends. */
async function stream(request = ask()) {
  const call = routing.inference.streamComplete(request, callMetadata(routing.target));
  const events: StreamCompleteResponse[] = [];
  let error: Error | undefined;
  try {
    for await (const event of call) events.push(event as StreamCompleteResponse);
  } catch (thrown) {
    error = thrown as Error;
  }
  const kinds = events.map(({ event }) => event?.$case);
  const [first] = events;
  const last = events.at(-1)?.event;
  return {
    kinds,
    error,
    text: events.map(textOf).join(''),
    started: first?.event?.$case === 'started' ? first.event.value : undefined,
    finished: last?.$case === 'finished' ? last.value : undefined,
  };
}
const textOf = ({ event }: StreamCompleteResponse): string =>
  event?.$case === 'delta' && event.value.content?.$case === 'text' ? event.value.content.value : '';

const breakAt = (provider: ProviderName, fault: Fault = CUT) =>
  simulator.setFaults({ provider, rules: [{ match: { stream: true }, fault }] });
const tokensAt = (provider: ProviderName) => simulator.stats().providers[provider]?.models[model]?.tokens;
const callsAt = (provider: ProviderName) =>
  simulator.stats().providers[provider]?.models[model]?.received ?? 0;
const decisionOf = async (requestId = '') => {
  const method = routing.inference.getDecision.bind(routing.inference);
  return (await callUnary({ method, request: { requestId }, target: routing.target, timeoutMs: 5_000 }))
    .decision;
};
const bookedFor = async (requestId: string | undefined, count: number) => {
  const ofRequest = () => booked.filter((record) => record.requestId === requestId);
  await expect.poll(ofRequest).toHaveLength(count);
  return ofRequest();
};

test.each([
  ['a disconnect', CUT, 'connection'],
  ['an end without its end', { type: 'truncate', afterChunks: 6 }, 'broken_stream'],
  ['a stall', { type: 'stall', afterChunks: 6 }, 'timeout'],
  ['garbage', { type: 'garbage', afterChunks: 6 }, 'invalid_response'],
  ['an error in the stream', { type: 'error-event', afterChunks: 6 }, 'server_error'],
] satisfies [string, Fault, string][])(
  'after %s the next provider goes on: one stream, and the decision names both',
  async (_, fault, outcome) => {
    breakAt('first', fault);
    const { kinds, text, started, finished } = await stream();
    expect(kinds.filter((kind) => kind === 'started')).toHaveLength(1);
    expect(kinds.at(-1)).toBe('finished');
    expect(started?.route?.provider).toBe('first');
    expect(finished?.continuedBy).toEqual([`second/${model}`]);
    // The simulator begins every text like this: the first one's beginning, and the second one's whole text.
    expect(text.match(/^Simulated answer:.+Simulated answer:/s)).not.toBeNull();
    const decision = await decisionOf(started?.requestId);
    expect(decision?.outcome).toBe(DecisionOutcome.FALLBACK_SUCCESS);
    expect(
      decision?.attempts.map(({ provider, outcome, continuation }) => [provider, outcome, continuation]),
    ).toEqual([
      ['first', outcome, false],
      ['second', 'ok', true],
    ]);
  },
);

test('both are charged: what was delivered of the first, and all of the second; usage and cost are the sums', async () => {
  breakAt('first');
  const { started, finished } = await stream();
  const lines = await bookedFor(started?.requestId, 2);
  expect(lines.map(({ provider, line }) => [provider, line])).toEqual([
    ['first', LineKind.CHARGE],
    ['second', LineKind.CHARGE],
  ]);
  const second = tokensAt('second');
  expect(lines[1]?.usage).toMatchObject({
    inputTokens: second?.inputTokens,
    outputTokens: second?.outputTokens,
    estimated: false,
  });
  const sumOf = (kind: 'inputTokens' | 'outputTokens') =>
    lines.reduce((sum, { usage }) => sum + (usage?.[kind] ?? 0), 0);
  expect(finished?.usage).toMatchObject({
    inputTokens: sumOf('inputTokens'),
    outputTokens: sumOf('outputTokens'),
    estimated: true,
  });
  const total = lines.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n);
  expect(finished?.cost?.totalNanoUsd).toBe(total);
  const { input = 0n, output = 0n, waste } = finished?.cost?.componentsNanoUsd ?? {};
  expect([input + output, waste]).toEqual([total, undefined]);
  for (const { holdNanoUsd, costNanoUsd } of lines)
    expect(holdNanoUsd).toBeGreaterThanOrEqual(costNanoUsd ?? 0n);
});

test.each([
  ['second', 'is told to'],
  ['gemini', 'is told to'],
  ['responses', 'is told to'],
  ['ollama', 'is given it as its own turn'],
  ['messages', 'is given it as its own turn'],
] satisfies [ProviderName, string][])('%s gets the text so far, and %s', async (provider, how) => {
  model = CLAUDE;
  simulator.reset();
  breakAt('first');
  const { text, finished } = await stream(
    ask({ ...CONTINUED, requirements: { allowedProviders: ['first', provider] } }),
  );
  expect(finished?.continuedBy).toEqual([`${provider}/${model}`]);
  const said = text.slice(0, text.indexOf('Simulated', 1)).trimEnd();
  // The simulator counts 3 tokens for a message and one for 4 bytes of it.
  const prefilled = (tokensAt('first')?.inputTokens ?? 0) + 3 + Math.ceil(Buffer.byteLength(said) / 4);
  const given = tokensAt(provider)?.inputTokens ?? 0;
  if (how === 'is told to') expect(given).toBeGreaterThan(prefilled + 40);
  else expect(given).toBe(prefilled);
});

test('unless it is asked for, and where failover is not allowed, the caller is told that the stream broke', async () => {
  breakAt('first');
  for (const failover of [undefined, { continueStreams: true, allowed: false }]) {
    const { kinds, error, started } = await stream(ask({ failover }));
    expect([kinds.at(-1), error?.message]).toEqual(['delta', expect.stringContaining('first')]);
    expect((await decisionOf(started?.requestId))?.outcome).toBe(DecisionOutcome.BROKEN_STREAM);
  }
  expect(callsAt('second')).toBe(0);
});

const TOOL = { name: 'weather', description: '', parametersJsonSchema: '{"type":"object"}' };
test.each([
  ['a tool call', { tools: [TOOL], toolChoice: { mode: ToolChoice_Mode.REQUIRED, name: '' } }, 2],
  [
    'JSON',
    { messages: [said('Say it in JSON.')], responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } },
    2,
  ],
] satisfies [string, Change, number][])(
  '%s in the middle is not gone on with',
  async (_, change, afterChunks) => {
    breakAt('first', { type: 'truncate', afterChunks, ending: 'cut' });
    const { error, kinds } = await stream(ask({ ...CONTINUED, ...change }));
    expect(error).toBeDefined();
    expect(kinds).toContain('delta');
    expect(callsAt('second')).toBe(0);
  },
);

test('nobody goes on where the answer would cost more than it may', async () => {
  breakAt('first');
  // 1,000 tokens of output are expected: two thousand-millionths of a USD each.
  const { kinds, started } = await stream(
    ask({ ...CONTINUED, requirements: { maxCostNanoUsd: 2_015_000n } }),
  );
  expect(kinds).not.toContain('finished');
  const attempts = (await decisionOf(started?.requestId))?.attempts ?? [];
  expect(attempts.map(({ provider, outcome }) => [provider, outcome]).slice(0, 2)).toEqual([
    ['first', 'connection'],
    ['second', 'max_cost'],
  ]);
  expect(callsAt('second')).toBe(0);
});

test('there are at most as many who go on as there may be fallbacks', async () => {
  breakAt('first');
  breakAt('second');
  breakAt('messages');
  const { error, kinds, started } = await stream(
    ask({ failover: { continueStreams: true, maxFallbacks: 1 } }),
  );
  expect(error).toBeDefined();
  expect(kinds.filter((kind) => kind === 'started')).toHaveLength(1);
  const decision = await decisionOf(started?.requestId);
  expect(decision?.attempts.map(({ provider }) => provider)).toEqual(['first', 'second']);
  expect(decision?.outcome).toBe(DecisionOutcome.BROKEN_STREAM);
});

test('one that does not even begin to go on is waste, and the next one goes on', async () => {
  breakAt('first');
  simulator.setFaults({ provider: 'second', rules: [{ fault: { type: 'status', status: 500 } }] });
  const { started, finished } = await stream();
  expect(finished?.continuedBy).toEqual([`messages/${model}`]);
  const lines = await bookedFor(started?.requestId, 3);
  expect(lines.map(({ line }) => line)).toEqual([LineKind.CHARGE, LineKind.WASTE, LineKind.CHARGE]);
});

test('nobody pauses for one that has failed before, in the middle of a stream', async () => {
  breakAt('first', { type: 'error-event', afterChunks: 6 });
  const { error, started } = await stream(
    ask({ ...CONTINUED, requirements: { allowedProviders: ['first'] } }),
  );
  expect(error).toBeDefined();
  expect((await decisionOf(started?.requestId))?.attempts).toHaveLength(1);
});

test('a hedged stream is continued, too', async () => {
  breakAt('first');
  const { finished } = await stream(ask({ ...CONTINUED, hedge: { delayMs: 5_000 } }));
  expect(finished?.continuedBy).toEqual([`second/${model}`]);
});

test('under an idempotency key the same answer is given again, and nobody is charged', async () => {
  breakAt('first');
  const request = ask({ ...CONTINUED, idempotencyKey: `key-${model}` });
  const once = await stream(request);
  const again = await stream(request);
  expect([again.text, again.started?.replayed]).toEqual([once.text, true]);
  expect(again.finished).toEqual(once.finished);
  expect(callsAt('second')).toBe(1);
});

test('a continued answer is not kept in the cache', async () => {
  breakAt('first');
  const request = ask({ ...CONTINUED, cache: { use: CacheUse.ON } });
  expect((await stream(request)).finished?.continuedBy).toHaveLength(1);
  simulator.clearFaults();
  const { started } = await stream(request);
  expect(started?.cache?.result).toBe(CacheResult.MISS);
  expect((await stream(request)).started?.cache?.result).toBe(CacheResult.HIT_L1);
});

test.each([
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }, 'data: [DONE]'],
  ['/v1/messages', { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 200 }, 'event: message_stop'],
  ['/v1/responses', { input: 'Hi' }, 'event: response.completed'],
])('%s tells a continued answer as one, and who went on', async (path, body, end) => {
  breakAt('first');
  const answer = await httpRequest(`${routing.httpUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-switchyard-continue-streams': 'true' },
    body: JSON.stringify({ model, stream: true, ...body }),
  });
  const events = (await answer.body.text()).trimEnd().split('\n\n');
  expect(events.at(-1)).toContain(end);
  expect(events.join('\n')).toContain(`"continued_by":["second/${model}"]`);
  // One message, one block, one item: whatever opens in the surface opens once.
  const opened = events.filter((event) =>
    /"role":"assistant","content":""|"type":"message_start"|"type":"content_block_start"|output_item.added/.test(
      event,
    ),
  );
  expect(opened.length).toBe(path === '/v1/messages' ? 2 : 1);
});
