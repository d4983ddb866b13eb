import {
  CompleteRequest,
  FinishReason,
  type Message,
  ResponseFormat_Kind,
  Role,
} from '@switchyard/contracts/routing';
import { findWireFormat, MessageBuilder, type StreamEvent, type WireFormat } from '@switchyard/llm';
import { type Fault, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { callForEvents, callOnce, type Target } from './call-simulator.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const KEY = 'the-right-key';
let simulator: Simulator;
let target: Target;

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [{ name: 'g', format: 'gemini', models: 'any', apiKeys: [KEY], tokensPerChunk: 5 }],
  });
  const format = findWireFormat('gemini') as WireFormat;
  target = { format, baseUrl: `${simulator.providers.g?.baseUrl}/v1beta`, key: KEY };
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const user = (text: string) => ({
  role: Role.USER,
  parts: [{ content: { $case: 'text' as const, value: text } }],
});
const inputOf = (request: Partial, maxOutputTokens?: number) => ({
  request: CompleteRequest.fromPartial(request),
  model: 'gemini-3-flash-preview',
  maxOutputTokens,
});
const HELLO = inputOf({ messages: [user('hello')] });

async function answered(input = HELLO, at = target) {
  const result = await callOnce(at, input);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

function finishOf(events: readonly StreamEvent[]) {
  const last = events.at(-1);
  if (last?.kind !== 'finish') throw new Error(`the stream ended with ${JSON.stringify(last)}`);
  return last;
}

function messageOf(events: readonly StreamEvent[]): Message {
  const builder = new MessageBuilder();
  for (const event of events) if (event.kind === 'delta') builder.add(event.delta);
  return builder.message();
}

const contentsOf = ({ parts }: Message) => parts.map(({ content }) => content);

/** What the simulator counted for the last call; it does so when the call has ended on its side too. */
async function lastCounted() {
  await vi.waitUntil(() => simulator.stats().providers.g?.inFlight === 0);
  return simulator.attempts().records.at(-1)?.tokens;
}

/** The stream and the whole answer of one request, which must agree. */
async function both(input: typeof HELLO) {
  const events = await callForEvents(target, input);
  simulator.reset();
  const whole = await answered(input);
  const { finishReason, usage, providerModel } = finishOf(events);
  expect({ finishReason, usage, providerModel }).toEqual({
    finishReason: whole.finishReason,
    usage: whole.usage,
    providerModel: whole.providerModel,
  });
  return { streamed: messageOf(events), whole };
}

test('a text, whole and streamed, with the usage that the simulator counted', async () => {
  const { streamed, whole } = await both(HELLO);
  expect(streamed).toEqual(whole.message);
  expect(contentsOf(whole.message)).toEqual([
    { $case: 'text', value: expect.stringMatching(/^Simulated answer:/) },
  ]);
  expect(whole).toMatchObject({ finishReason: FinishReason.STOP, providerModel: 'gemini-3-flash-preview' });
  const counted = await lastCounted();
  expect(whole.usage).toMatchObject({
    inputTokens: counted?.inputTokens,
    outputTokens: counted?.outputTokens,
  });
});

test('an answer that reaches its limit', async () => {
  const { whole } = await both(inputOf({ messages: [user('hello')] }, 3));
  expect(whole).toMatchObject({ finishReason: FinishReason.LENGTH, usage: { outputTokens: 3 } });
});

const TOOLS: Partial = {
  tools: [
    { name: 'get_tide', parametersJsonSchema: '{"type":"object","properties":{"port":{"type":"string"}}}' },
    { name: 'get_wind', strict: true },
  ],
  sampling: { reasoningEffort: 'low' },
};

test('parallel tool calls, whole and streamed, and the answer to their results', async () => {
  const ask = user('call the tools');
  const { streamed, whole } = await both(inputOf({ ...TOOLS, messages: [ask] }));
  expect(whole.finishReason).toBe(FinishReason.TOOL_CALLS);
  const calls = contentsOf(streamed).flatMap((content) =>
    content?.$case === 'toolCall' ? [content.value] : [],
  );
  expect(calls.map(({ name }) => name)).toEqual(['get_tide', 'get_wind']);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  const results = calls.map(({ id }) => ({
    role: Role.TOOL,
    parts: [
      { content: { $case: 'toolResult' as const, value: { toolCallId: id, parts: user('fine').parts } } },
    ],
  }));
  const messages = [ask, streamed, ...results, user('and then?')];
  const next = await answered(inputOf({ ...TOOLS, messages }));
  expect(next.finishReason).toBe(FinishReason.STOP);
});

test('thoughts are read and counted, whole and streamed', async () => {
  const sampling = { reasoningBudgetTokens: 20 };
  const { streamed, whole } = await both(inputOf({ messages: [user('hello')], sampling }));
  expect(streamed).toEqual(whole.message);
  expect(contentsOf(whole.message)[0]).toEqual({
    $case: 'reasoning',
    value: {
      text: expect.stringMatching(/^Simulated reasoning:/),
      signature: expect.stringMatching(/^gemini:/),
      redactedData: '',
    },
  });
  expect(whole.usage).toMatchObject({
    reasoningTokens: 20,
    outputTokens: (await lastCounted())?.outputTokens,
  });
});

test('tokens read from the cache are part of the input', async () => {
  const system = { ...user(`cache me ${'x'.repeat(8_000)}`), role: Role.SYSTEM };
  const ask = (text: string) => inputOf({ messages: [system, user(text)] });
  expect((await answered(ask('one'))).usage?.cacheReadTokens).toBeUndefined();
  const { usage } = await answered(ask('two'));
  const counted = await lastCounted();
  expect(usage?.cacheReadTokens).toBeGreaterThan(1_000);
  expect(usage).toMatchObject({
    inputTokens: counted?.inputTokens,
    cacheReadTokens: counted?.cachedInputTokens,
  });
  const streamed = finishOf(await callForEvents(target, ask('three')));
  expect(streamed.usage?.cacheReadTokens).toBe(usage?.cacheReadTokens);
});

test('structured output', async () => {
  const jsonSchema = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}';
  const { message } = await answered(
    inputOf({
      messages: [user('hello')],
      responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema },
    }),
  );
  const [content] = contentsOf(message);
  expect(JSON.parse(content?.$case === 'text' ? content.value : '')).toEqual({ name: 'simulated' });
});

const FAULTS: [expected: string, fault: Fault][] = [
  ['rate_limited', { type: 'status', status: 429 }],
  ['server_error', { type: 'status', status: 500 }],
  ['overloaded', { type: 'status', status: 503 }],
  ['timeout', { type: 'status', status: 504 }],
  ['permission', { type: 'status', status: 403 }],
  ['not_found', { type: 'status', status: 404 }],
  ['server_error', { type: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
  ['overloaded', { type: 'error-event' }],
  ['rate_limited', { type: 'error-event', errorType: 'RESOURCE_EXHAUSTED', framing: 'event' }],
  ['server_error', { type: 'error-event', afterChunks: 3, errorType: 'INTERNAL', framing: 'raw' }],
  ['invalid_response', { type: 'garbage' }],
  ['invalid_response', { type: 'wrong-content-type' }],
];

test.each(FAULTS)('%s, whole and streamed: %j', async (expected, fault) => {
  simulator.setFaults({ provider: 'g', rules: [{ fault }] });
  expect(await callOnce(target, HELLO)).toMatchObject({ ok: false, error: { class: expected } });
  const events = await callForEvents(target, HELLO);
  expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: expected } });
  expect(events.some(({ kind }) => kind === 'finish')).toBe(false);
});

test.each([
  ['seconds', 2_000],
  ['ms', 2_000],
  ['body', 2_000],
] as const)('when to come back, said by %s', async (form, retryAfterMs) => {
  simulator.setFaults({
    provider: 'g',
    rules: [{ fault: { type: 'status', status: 429, retryAfter: { form, seconds: 2 } } }],
  });
  expect(await callOnce(target, HELLO)).toMatchObject({ error: { class: 'rate_limited', retryAfterMs } });
});

test.each([0, 1, 5])(
  'a stream that ends after %d events is broken, and what was used is told',
  async (afterChunks) => {
    simulator.setFaults({ provider: 'g', rules: [{ fault: { type: 'truncate', afterChunks } }] });
    const events = await callForEvents(target, HELLO);
    expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
    expect(events.filter(({ kind }) => kind === 'usage')).toHaveLength(afterChunks);
  },
);

test('a whole answer that ends in its middle is an invalid_response', async () => {
  simulator.setFaults({ provider: 'g', rules: [{ fault: { type: 'truncate' } }] });
  expect(await callOnce(target, HELLO)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

test('without a report, usage stays unknown, and the answer is whole', async () => {
  simulator.setFaults({ provider: 'g', rules: [{ fault: { type: 'omit-usage' } }] });
  expect((await answered()).usage).toBeUndefined();
  expect(finishOf(await callForEvents(target, HELLO)).usage).toBeUndefined();
});

test.each([
  ['a wrong key', 'authentication', { key: 'wrong' }],
  ['an address that is not there', 'not_found', { baseUrl: '/v0' }],
])('%s is told apart: %s', async (_, expected, { key, baseUrl }: { key?: string; baseUrl?: string }) => {
  const at = {
    ...target,
    ...(key !== undefined && { key }),
    ...(baseUrl !== undefined && { baseUrl: `${simulator.providers.g?.baseUrl}${baseUrl}` }),
  };
  expect(await callOnce(at, HELLO)).toMatchObject({ ok: false, error: { class: expected } });
  const events = await callForEvents(at, HELLO);
  expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: expected } });
});
