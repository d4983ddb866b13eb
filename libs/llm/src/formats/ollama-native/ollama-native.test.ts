import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { ollamaNative } from './ollama-native.ts';

const fixtures = fixturesOf('ollama-native');

function decoded(body: unknown) {
  const result = ollamaNative.decodeResponse(answer({ body }));
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

const decode = (bytes: Buffer | string) =>
  decodeStream(ollamaNative.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), Buffer.from(bytes));

const line = (message: object, more: object = {}) =>
  `${JSON.stringify({ model: 'm', created_at: '2025-01-01T00:00:00Z', message, done: false, ...more })}\n`;

test('a text answer', () => {
  const { message, finishReason, usage, providerModel } = decoded(fixtures.json('text.json'));
  expect(message.parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: 'Hello! How are you today?' },
  ]);
  expect({ finishReason, providerModel }).toEqual({
    finishReason: FinishReason.STOP,
    providerModel: 'llama3.2',
  });
  expect(usage).toMatchObject({
    inputTokens: 26,
    outputTokens: 298,
    cacheReadTokens: undefined,
    reasoningTokens: undefined,
  });
});

test('a tool call, which ends with "stop" and has no id of its own', () => {
  const { message, finishReason } = decoded(fixtures.json('tool-call.json'));
  expect(finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(message.parts.map((part) => part.content)).toEqual([
    {
      $case: 'toolCall',
      value: {
        id: 'call_20240722T203328123648Z_0',
        name: 'get_current_weather',
        argumentsJson: '{"format":"celsius","location":"Paris, FR"}',
      },
    },
  ]);
});

test('thinking comes before the text', () => {
  const message = { role: 'assistant', thinking: 'One word.', content: 'Qwen' };
  expect(
    decoded({ ...fixtures.json('text.json'), message }).message.parts.map((part) => part.content),
  ).toEqual([
    { $case: 'reasoning', value: { text: 'One word.', signature: '', redactedData: '' } },
    { $case: 'text', value: 'Qwen' },
  ]);
});

test.each([
  ['length', FinishReason.LENGTH],
  ['load', FinishReason.UNSPECIFIED],
  [undefined, FinishReason.STOP],
])('done because of %s', (done_reason, expected) => {
  expect(decoded({ ...fixtures.json('text.json'), done_reason }).finishReason).toBe(expected);
});

test('counts that are left out stay unknown', () => {
  const { prompt_eval_count, eval_count, ...body } = fixtures.json('text.json');
  expect(decoded(body).usage).toBeUndefined();
  expect(decoded({ ...body, eval_count }).usage).toMatchObject({ inputTokens: undefined, outputTokens: 298 });
});

test.each([
  ['not done', { ...fixtures.json('text.json'), done: false }],
  ['no message', { done: true }],
  ['a call without arguments', { done: true, message: { tool_calls: [{ function: { name: 'f' } }] } }],
  ['truncated JSON', '{"model":"llama3.2","mess'],
])('%s is an invalid_response, never success', (_, body) => {
  expect(ollamaNative.decodeResponse(answer({ body }))).toMatchObject({
    ok: false,
    error: { class: 'invalid_response' },
  });
});

test('streams: a text, and a call that comes whole', () => {
  const text = decode(fixtures.bytes('text-stream.ndjson'));
  expect(summary(text)).toEqual(['text The', 'usage', 'finish']);
  expect(text.at(-1)).toMatchObject({
    finishReason: FinishReason.STOP,
    providerModel: 'llama3.2',
    usage: { inputTokens: 26, outputTokens: 282 },
  });
  expect(summary(decode(fixtures.bytes('tool-call-stream.ndjson')))).toEqual([
    'toolCallStart {"index":0,"id":"call_20250707T202219184789Z_0","name":"get_weather"}',
    'toolCallArguments {"index":0,"delta":"{\\"city\\":\\"Tokyo\\"}"}',
    'usage',
    'finish',
  ]);
});

test('parallel calls in one line and in two, after thinking, have ids of their own', () => {
  const call = (name: string) => ({ function: { name, arguments: {} } });
  const events = decode(
    line({ thinking: 'Hm' }) +
      line({ thinking: 'm.' }) +
      line({ content: '', tool_calls: [call('a'), call('b')] }) +
      line({ content: '', tool_calls: [call('a')] }) +
      line({ content: '' }, { done: true, done_reason: 'stop' }),
  );
  const { parts } = messageOf(events);
  expect(parts[0]?.content).toMatchObject({ $case: 'reasoning', value: { text: 'Hmm.' } });
  const ids = parts.flatMap(({ content }) => (content?.$case === 'toolCall' ? [content.value.id] : []));
  expect(new Set(ids).size).toBe(3);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.TOOL_CALLS, usage: undefined });
});

test.each([
  ['the documented error', fixtures.bytes('error-stream.ndjson').toString(), 'server_error'],
  ['a full queue', `${line({ content: ' Yes.' })}{"error":"server busy, please try again"}\n`, 'overloaded'],
  ['garbage', `${line({ content: ' Yes.' })}{"model":\n`, 'invalid_response'],
  [
    'a line without a message',
    `${line({ content: ' Yes.' })}{"model":"m","done":false}\n`,
    'invalid_response',
  ],
])('%s ends the stream as an error, and nothing follows', (_, bytes, expected) => {
  const events = decode(bytes + line({ content: 'more' }, { done: true }));
  expect(messageOf(events).parts).toMatchObject([{ content: { value: ' Yes.' } }]);
  expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: expected } });
});

test.each([
  [200, 'application/x-ndjson; charset=utf-8', undefined],
  [200, 'text/event-stream', 'invalid_response'],
  [302, 'application/x-ndjson', 'invalid_response'],
])('a stream with status %d and content type %s', (status, contentType, expected) => {
  const head = { status, headers: { 'content-type': contentType } };
  expect(ollamaNative.checkStreamHead(head)?.class).toBe(expected);
});

interface ErrorCase {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly class: ErrorClass;
  readonly retryAfterMs?: number;
}

const errors: ErrorCase[] = fixtures.json('errors.json');

test.each(errors)('$name: $class', ({ body, status, headers = {}, ...expected }) => {
  const error = ollamaNative.classifyError(answer({ body, status, headers }));
  expect(error).toMatchObject({ class: expected.class, httpStatus: status });
  expect(error.retryAfterMs).toBe(expected.retryAfterMs);
});
