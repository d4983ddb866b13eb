import { FinishReason } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { anthropicMessages } from './anthropic-messages.ts';

const fixtures = fixturesOf('anthropic-messages');
const streams = ['text-stream.sse', 'tool-use-stream.sse', 'thinking-stream.sse'].map(fixtures.bytes);

const decode = (bytes: Buffer | string, sizes?: number[]) =>
  decodeStream(anthropicMessages.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), Buffer.from(bytes), sizes);

const event = (type: string, fields: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const block = (index: number, content_block: object) =>
  event('content_block_start', { index, content_block });
const stop = (reason: string) =>
  event('message_delta', { delta: { stop_reason: reason }, usage: { output_tokens: 3 } });
const START = event('message_start', {
  message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } },
});
const END = event('message_stop');

test('a streamed text', () => {
  const events = decode(fixtures.bytes('text-stream.sse'));
  expect(summary(events)).toEqual(['usage', 'text Hello', 'text !', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({
    finishReason: FinishReason.STOP,
    usage: { inputTokens: 25, outputTokens: 15 },
    providerModel: 'claude-opus-4-1-20250805',
  });
});

test('a streamed tool call', () => {
  const events = decode(fixtures.bytes('tool-use-stream.sse'));
  expect(messageOf(events).parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: "Okay, let's check the weather for San Francisco, CA:" },
    {
      $case: 'toolCall',
      value: {
        id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
        name: 'get_weather',
        argumentsJson: '{"location": "San Francisco, CA", "unit": "fahrenheit"}',
      },
    },
  ]);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.TOOL_CALLS, usage: { outputTokens: 89 } });
});

test('streamed thinking with its signature; counts of message_delta take the place of earlier ones', () => {
  const events = decode(fixtures.bytes('thinking-stream.sse'));
  expect(messageOf(events).parts[0]?.content).toMatchObject({
    $case: 'reasoning',
    value: {
      text: expect.stringContaining('GCD(1071, 462) = 21'),
      signature: 'anthropic-messages:EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds...',
    },
  });
  expect(events.at(-1)).toMatchObject({
    usage: {
      inputTokens: 1359,
      cacheReadTokens: 1000,
      cacheWriteTokens: 300,
      cacheWrite1hTokens: 100,
      outputTokens: 120,
      reasoningTokens: 90,
    },
  });
});

test('parallel calls, one without arguments, one whole in its start, and redacted thinking', () => {
  const events = decode(
    START +
      block(0, { type: 'redacted_thinking', data: 'xyz' }) +
      block(1, { type: 'tool_use', id: 'a', name: 'f', input: {} }) +
      event('content_block_stop', { index: 1 }) +
      block(2, { type: 'tool_use', id: 'b', name: 'g', input: { x: 1 } }) +
      event('content_block_stop', { index: 2 }) +
      stop('tool_use') +
      END,
  );
  expect(messageOf(events).parts.map((part) => part.content)).toMatchObject([
    { value: { redactedData: 'anthropic-messages:xyz' } },
    { value: { id: 'a', name: 'f', argumentsJson: '{}' } },
    { value: { id: 'b', name: 'g', argumentsJson: '{"x":1}' } },
  ]);
});

test('a refusal tells its explanation', () => {
  const delta = { stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'Not this.' } };
  const events = decode(START + event('message_delta', { delta, usage: {} }) + END);
  expect(summary(events)).toEqual(['usage', 'refusal Not this.', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.REFUSAL });
});

test('events and deltas of later versions are skipped', () => {
  const events = decode(
    START +
      event('vibe_check', { index: 9 }) +
      block(0, { type: 'hologram' }) +
      event('content_block_delta', { index: 0, delta: { type: 'hologram_delta' } }) +
      stop('end_turn') +
      END,
  );
  expect(summary(events)).toEqual(['usage', 'usage', 'finish']);
});

test('before its end a stream tells its input only: the output count of its start is of one token', () => {
  const [first] = decode(fixtures.bytes('text-stream.sse'));
  expect(first).toMatchObject({ kind: 'usage', usage: { inputTokens: 25, outputTokens: undefined } });
});

test('however the bytes are sliced, the same events come out', () => {
  for (const stream of streams) {
    const whole = decode(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        expect(decode(stream, sizes)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  }
});

test('a stream cut after any byte but the last is never a success', () => {
  for (const stream of streams) {
    for (let length = 0; length < stream.length - 1; length += 1) {
      const events = decode(stream.subarray(0, length));
      expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
    }
  }
});

test.each([
  ['garbage', 'data: nope\n\n', 'invalid_response'],
  ['an event without a type', 'data: {}\n\n', 'invalid_response'],
  ['a tool call without a name', block(0, { type: 'tool_use', id: 'x' }), 'invalid_response'],
  ['an end without a stop reason', END, 'broken_stream'],
  ['overload', event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }), 'overloaded'],
  ['a rate limit', event('error', { error: { type: 'rate_limit_error', message: 'x' } }), 'rate_limited'],
  [
    'a wrong request',
    event('error', { error: { type: 'invalid_request_error', message: 'x' } }),
    'invalid_request',
  ],
  ['an unknown error', event('error', { error: { type: 'new_error' } }), 'server_error'],
])('%s ends the stream as an error, and nothing follows', (_, bytes, expected) => {
  const events = decode(`${START}${bytes}${stop('end_turn')}${END}`);
  expect(summary(events)).toEqual(['usage', `error ${expected}`]);
});
