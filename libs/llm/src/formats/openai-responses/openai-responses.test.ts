import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { openaiResponses } from './openai-responses.ts';

const fixtures = fixturesOf('openai-responses');
const whole = fixtures.json('text.json');

const decodeWhole = (body: unknown) => openaiResponses.decodeResponse(answer({ body }));

function decoded(body: unknown) {
  const result = decodeWhole(body);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

const decode = (bytes: Buffer | string) =>
  decodeStream(openaiResponses.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), Buffer.from(bytes));

const event = (value: { readonly type: string; readonly [field: string]: unknown }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

const SIGNATURE =
  'openai-responses:rs_01830d662ab3856501693c321405c88190be3ab04d5782d5f9.gAAAAABpPDIVOKrsHNZ0GwsoEKA_IGfuJ5f8Ma_6-EojH4yZFL50qlfUzM7FREdQ4uQ==';

test('a text answer', () => {
  const { message, finishReason, usage, providerModel } = decoded(whole);
  expect(message.parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: expect.stringMatching(/^In a peaceful grove/) },
  ]);
  expect({ finishReason, providerModel }).toEqual({
    finishReason: FinishReason.STOP,
    providerModel: 'gpt-4.1-2025-04-14',
  });
  expect(usage).toMatchObject({ inputTokens: 36, cacheReadTokens: 0, outputTokens: 87, reasoningTokens: 0 });
});

test('a tool call', () => {
  const { message, finishReason, usage } = decoded(fixtures.json('tool-call.json'));
  expect(finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(message.parts.map((part) => part.content)).toEqual([
    {
      $case: 'toolCall',
      value: {
        id: 'call_unLAR8MvFNptuiZK6K6HCy5k',
        name: 'get_current_weather',
        argumentsJson: '{"location":"Boston, MA","unit":"celsius"}',
      },
    },
  ]);
  expect(usage).toMatchObject({ inputTokens: 291, outputTokens: 23, cacheReadTokens: undefined });
});

test('reasoning with its summary, encrypted, then a call: streamed and whole are the same', () => {
  const events = decode(fixtures.bytes('reasoning-stream.sse'));
  expect(events.at(-1)).toMatchObject({
    kind: 'finish',
    finishReason: FinishReason.TOOL_CALLS,
    providerModel: 'gpt-5.1-codex-max',
    usage: { inputTokens: 142, outputTokens: 57, reasoningTokens: 26 },
  });
  const message = messageOf(events);
  expect(message.parts.map((part) => part.content)).toEqual([
    {
      $case: 'reasoning',
      value: {
        text: "**Calculating step-by-step using calculator**\n\nI'll compute 12 plus 7.",
        signature: SIGNATURE,
        redactedData: '',
      },
    },
    {
      $case: 'toolCall',
      value: {
        id: 'call_AB6AaRZ1FYZB2RwS6A5vbdqn',
        name: 'calculator',
        argumentsJson: '{"a":12,"b":7,"op":"add"}',
      },
    },
  ]);
  const last = /data: (.*)\n\n$/.exec(fixtures.bytes('reasoning-stream.sse').toString());
  expect(decoded(JSON.parse(last?.[1] ?? '').response).message).toEqual(message);
});

test('a streamed text', () => {
  const events = decode(fixtures.bytes('text-stream.sse'));
  expect(summary(events)).toEqual(['text Hi', 'text  there! How can I assist you today?', 'usage', 'finish']);
});

test('two summaries of one item are parted as in a whole answer', () => {
  const at = { item_id: 'rs', output_index: 0 };
  const items = [{ type: 'reasoning', id: 'rs', summary: [{ text: 'One.' }, { text: 'Two.' }] }];
  const events = decode(
    ['One.', 'Two.']
      .map(
        (delta) =>
          event({ type: 'response.reasoning_summary_part.added', ...at }) +
          event({ type: 'response.reasoning_summary_text.delta', ...at, delta }),
      )
      .join('') + event({ type: 'response.completed', response: { status: 'completed' } }),
  );
  expect(messageOf(events)).toEqual(decoded({ ...whole, output: items }).message);
});

const message = (...content: object[]) => ({ output: [{ type: 'message', role: 'assistant', content }] });
const text = { type: 'output_text', text: 'x' };

test.each([
  ['a refusal', message({ type: 'refusal', refusal: 'I cannot.' }), FinishReason.REFUSAL],
  [
    'the limit',
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    FinishReason.LENGTH,
  ],
  [
    'a filter',
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    FinishReason.CONTENT_FILTER,
  ],
  ['a reason that is not known', { status: 'incomplete' }, FinishReason.UNSPECIFIED],
  ['an item of a tool of the provider', { output: [{ type: 'web_search_call' }] }, FinishReason.STOP],
])('the end by %s', (_, more, expected) => {
  expect(decoded({ ...whole, ...more }).finishReason).toBe(expected);
});

test('several parts of text are one, and a refusal is beside them', () => {
  const body = { ...whole, ...message(text, text, { type: 'refusal', refusal: 'No.' }) };
  expect(decoded(body).message.parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: 'xx' },
    { $case: 'refusal', value: 'No.' },
  ]);
});

test.each([
  ['truncated JSON', fixtures.bytes('text.json').subarray(0, 400)],
  ['no output', { ...whole, output: undefined }],
  ['an item without a type', { ...whole, output: [{}] }],
  ['a call without an id', { ...whole, output: [{ type: 'function_call', name: 'f', arguments: '{}' }] }],
  ['an answer in progress', { ...whole, status: 'in_progress' }],
  ['an answer that was cancelled', { ...whole, status: 'cancelled' }],
])('%s is an invalid_response, never success', (_, body) => {
  expect(decodeWhole(body)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

interface Failure {
  readonly name: string;
  readonly event: { readonly type: string; readonly response?: object; readonly [field: string]: unknown };
  readonly class: ErrorClass;
}
const failures: Failure[] = fixtures.json('failures.json');

test.each(failures)('$name ends a stream as $class, and nothing follows', (failure) => {
  const delta = event({ type: 'response.output_text.delta', delta: 'x' });
  const events = decode(delta + event(failure.event) + delta);
  expect(summary(events)).toEqual(['text x', `error ${failure.class}`]);
});

test.each(failures.filter(({ event: { response } }) => response !== undefined))(
  '$name inside status 200 is $class',
  (failure) => {
    expect(decodeWhole({ ...whole, ...failure.event.response })).toMatchObject({
      ok: false,
      error: { class: failure.class },
    });
  },
);

test.each([
  ['garbage', 'data: {"type":\n\n', 'invalid_response'],
  ['an event without a type', 'data: {"ok":true}\n\n', 'invalid_response'],
  [
    'a call without a name',
    event({ type: 'response.output_item.added', item: { type: 'function_call', call_id: 'c' } }),
    'invalid_response',
  ],
  ['an end without a status', event({ type: 'response.completed' }), 'invalid_response'],
  ['[DONE] without an end', 'data: [DONE]\n\n', 'broken_stream'],
])('%s is no end: %s', (_, bytes, expected) => {
  expect(decode(bytes).at(-1)).toMatchObject({ kind: 'error', error: { class: expected } });
});

test('parallel calls grow beside each other', () => {
  const added = (output_index: number, name: string) =>
    event({
      type: 'response.output_item.added',
      output_index,
      item: { type: 'function_call', call_id: `c${output_index}`, name, arguments: '' },
    });
  const grown = (output_index: number, delta: string) =>
    event({ type: 'response.function_call_arguments.delta', output_index, delta });
  const end = event({ type: 'response.completed', response: { status: 'completed' } });
  const events = decode(
    added(3, 'f') + added(4, 'g') + grown(4, '{') + grown(3, '{"x":') + grown(4, '}') + grown(3, '1}') + end,
  );
  expect(messageOf(events).parts.map((part) => part.content)).toEqual([
    { $case: 'toolCall', value: { id: 'c3', name: 'f', argumentsJson: '{"x":1}' } },
    { $case: 'toolCall', value: { id: 'c4', name: 'g', argumentsJson: '{}' } },
  ]);
});
