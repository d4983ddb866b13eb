import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { decodeMessagesUsage } from './decode-usage.ts';

const fixtures = fixturesOf('anthropic-messages');
const decode = (body: unknown) => anthropicMessages.decodeResponse(answer({ body }));

function decoded(body: unknown) {
  const result = decode(body);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

test('a text answer; the input is the sum of plain, read and written tokens', () => {
  const { message, finishReason, usage, providerModel } = decoded(fixtures.json('text.json'));
  expect(message.parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: 'Hi! My name is Claude.' },
  ]);
  expect({ finishReason, providerModel }).toEqual({
    finishReason: FinishReason.STOP,
    providerModel: 'claude-sonnet-4-5-20250929',
  });
  expect(usage).toMatchObject({
    inputTokens: 2095 + 2051 + 2051,
    cacheReadTokens: 2051,
    cacheWriteTokens: 2051,
    cacheWrite1hTokens: 0,
    outputTokens: 503,
  });
});

test('a tool call', () => {
  const { message, finishReason, usage } = decoded(fixtures.json('tool-use.json'));
  expect(message.parts[1]?.content).toEqual({
    $case: 'toolCall',
    value: {
      id: 'toolu_01A09q90qw90lq917835lq9',
      name: 'get_weather',
      argumentsJson: '{"location":"San Francisco, CA","unit":"celsius"}',
    },
  });
  expect(finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(usage).toMatchObject({ inputTokens: 442, cacheReadTokens: undefined, cacheWriteTokens: undefined });
});

test('thinking comes with its signature, marked with who wrote it', () => {
  const { message, usage } = decoded(fixtures.json('thinking.json'));
  const [thought, redacted] = message.parts.map((part) => part.content);
  expect(thought).toMatchObject({
    $case: 'reasoning',
    value: {
      text: 'Let me analyze this step by step...',
      signature: expect.stringMatching(/^anthropic-messages:WaUjzk/),
    },
  });
  expect(redacted).toMatchObject({
    value: { text: '', redactedData: expect.stringMatching(/^anthropic-messages:EmwK/) },
  });
  expect(usage).toMatchObject({ outputTokens: 700, reasoningTokens: 512 });
});

test('a refusal brings its explanation, where there is one', () => {
  const refusal = { ...fixtures.json('text.json'), content: [], stop_reason: 'refusal' };
  const details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' };
  expect(decoded({ ...refusal, stop_details: details })).toMatchObject({
    finishReason: FinishReason.REFUSAL,
    message: { parts: [{ content: { $case: 'refusal', value: 'Not this.' } }] },
  });
  expect(decoded(refusal).message.parts).toEqual([]);
});

test.each([
  ['max_tokens', FinishReason.LENGTH],
  ['model_context_window_exceeded', FinishReason.LENGTH],
  ['stop_sequence', FinishReason.STOP],
  ['pause_turn', FinishReason.UNSPECIFIED],
])('stop reason %s', (reason, expected) => {
  expect(decoded({ ...fixtures.json('text.json'), stop_reason: reason }).finishReason).toBe(expected);
});

test.each<[string, Record<string, unknown>, object]>([
  [
    'writes of both times to live',
    {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 1000,
      cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
      output_tokens: 5,
    },
    {
      inputTokens: 1110,
      cacheReadTokens: 100,
      cacheWriteTokens: 1000,
      cacheWrite1hTokens: 600,
      outputTokens: 5,
    },
  ],
  [
    'counts that are null',
    { input_tokens: 10, cache_read_input_tokens: null, output_tokens: 5 },
    { inputTokens: 10, outputTokens: 5 },
  ],
  ['no counts', {}, {}],
])('usage: %s', (_, wire, expected) => {
  const known = Object.entries(decodeMessagesUsage(wire)).filter(([, count]) => count !== undefined);
  expect(Object.fromEntries(known)).toEqual({ ...expected, estimated: false });
});

const whole = fixtures.bytes('text.json');

test.each([
  ['truncated JSON', whole.subarray(0, -3)],
  ['no content', { ...fixtures.json('text.json'), content: undefined }],
  ['no stop reason', { ...fixtures.json('text.json'), stop_reason: null }],
  [
    'a tool call without input',
    { stop_reason: 'tool_use', content: [{ type: 'tool_use', id: 'x', name: 'f' }] },
  ],
  ['a text without text', { stop_reason: 'end_turn', content: [{ type: 'text' }] }],
  ['a block that is none', { stop_reason: 'end_turn', content: ['x'] }],
])('%s is an invalid_response, never success', (_, body) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

test('an error inside status 200 is an error', () => {
  const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'overloaded' } });
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

test.each(errors.map((entry) => [entry.name, entry] as const))(
  'error: %s',
  (_, { body, status, headers = {}, ...expected }) => {
    const error = anthropicMessages.classifyError(answer({ body, status, headers }));
    expect(error).toMatchObject({ class: expected.class, httpStatus: status });
    expect(error.retryAfterMs).toBe(expected.retryAfterMs);
    expect(error.detail).not.toContain('req_');
  },
);
