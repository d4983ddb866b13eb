import { FinishReason } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { openaiChat } from './openai-chat.ts';

const fixtures = fixturesOf('openai-chat');
const text = fixtures.bytes('text-stream.sse');
const toolCall = fixtures.bytes('tool-call-stream.sse');

const decode = (bytes: Buffer | string, sizes?: number[]) =>
  decodeStream(openaiChat.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), Buffer.from(bytes), sizes);

const chunk = (delta: object, finishReason: string | null = null) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

const DONE = 'data: [DONE]\n\n';

test('a streamed text: deltas, usage, finish', () => {
  const events = decode(text);
  expect(summary(events)).toEqual(['text Hello', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({
    finishReason: FinishReason.STOP,
    providerModel: 'gpt-4o-mini',
    usage: { inputTokens: 2006, cacheReadTokens: 1920, outputTokens: 300 },
  });
});

test('a streamed tool call is put together', () => {
  const events = decode(toolCall);
  expect(summary(events).slice(0, 2)).toEqual([
    'toolCallStart {"index":0,"id":"call_DdmO9pD3xa9XTPNJ32zg2hcA","name":"get_weather"}',
    'toolCallArguments {"index":0,"delta":"{\\""}',
  ]);
  expect(messageOf(events).parts.map((part) => part.content)).toEqual([
    {
      $case: 'toolCall',
      value: {
        id: 'call_DdmO9pD3xa9XTPNJ32zg2hcA',
        name: 'get_weather',
        argumentsJson: '{"location":"Paris, France"}',
      },
    },
  ]);
  expect(events.at(-1)).toMatchObject({
    kind: 'finish',
    finishReason: FinishReason.TOOL_CALLS,
    usage: undefined,
  });
});

test('parallel calls, text beside them, and numbers that start anywhere', () => {
  const call = (index: number, id: string, args: string) => ({
    index,
    id,
    function: { name: 'f', arguments: args },
  });
  const events = decode(
    chunk({ content: 'Looking.' }) +
      chunk({ tool_calls: [call(1, 'a', '{"x":'), call(2, 'b', '')] }) +
      chunk({
        tool_calls: [
          { index: 2, function: { arguments: '{}' } },
          { index: 1, function: { arguments: '1}' } },
        ],
      }) +
      chunk({}, 'tool_calls') +
      DONE,
  );
  expect(messageOf(events).parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: 'Looking.' },
    { $case: 'toolCall', value: { id: 'a', name: 'f', argumentsJson: '{"x":1}' } },
    { $case: 'toolCall', value: { id: 'b', name: 'f', argumentsJson: '{}' } },
  ]);
});

test('reasoning, refusal and usage inside the last chunk (xAI, Groq, DeepSeek)', () => {
  const last = {
    choices: [{ delta: {}, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  };
  const events = decode(
    `: OPENROUTER PROCESSING\n\n${chunk({ reasoning_content: 'Hm' })}${chunk({ reasoning: 'm' })}${chunk({
      refusal: 'No.',
    })}data: ${JSON.stringify(last)}\n\n${DONE}`,
  );
  expect(summary(events)).toEqual(['reasoning Hm', 'reasoning m', 'refusal No.', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.REFUSAL, usage: { outputTokens: 2 } });
});

test('however the bytes are sliced, the same events come out', () => {
  const stream = Buffer.concat([Buffer.from(chunk({ content: 'Grüße, 🦀 日本' })), toolCall]);
  const whole = decode(stream);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }), (sizes) => {
      expect(decode(stream, sizes)).toEqual(whole);
    }),
  );
});

test('a stream cut after any byte but the last is never a success', () => {
  for (const stream of [text, toolCall]) {
    for (let length = 0; length < stream.length - 1; length += 1) {
      const events = decode(stream.subarray(0, length));
      expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
      expect(events.filter((event) => event.kind === 'finish')).toEqual([]);
    }
  }
});

test('usage that came before the break is told', () => {
  const cut = text.subarray(0, text.indexOf('data: [DONE]'));
  expect(summary(decode(cut))).toEqual(['text Hello', 'usage', 'error broken_stream']);
});

test.each([
  ['garbage', 'data: {"choices":[\n\n', 'invalid_response'],
  ['no choices', 'data: {"ok":true}\n\n', 'invalid_response'],
  ['a tool call without a name', chunk({ tool_calls: [{ index: 0, id: 'x' }] }), 'invalid_response'],
  ['[DONE] without finish reason', chunk({ content: 'x' }) + DONE, 'broken_stream'],
  ['an error object', 'data: {"error":{"message":"overloaded","type":"overloaded_error"}}\n\n', 'overloaded'],
  ['an error event', 'event: error\ndata: {"message":"slow","type":"rate_limit_error"}\n\n', 'rate_limited'],
  [
    'an error with a status (OpenRouter)',
    'data: {"error":{"code":429,"message":"x"},"choices":[]}\n\n',
    'rate_limited',
  ],
  ['an error of the request', 'data: {"error":{"type":"invalid_request_error"}}\n\n', 'invalid_request'],
  ['an error without anything', 'data: {"error":{}}\n\n', 'server_error'],
  ['a failed finish reason', chunk({}, 'error') + DONE, 'server_error'],
])('%s ends the stream as an error, and nothing follows', (_, bytes, expected) => {
  const events = decode(`${chunk({ content: 'x' })}${bytes}${chunk({ content: 'more' })}${DONE}`);
  expect(summary(events).filter((line) => line !== 'text x')).toEqual(
    expected === 'broken_stream' ? ['error broken_stream'] : [`error ${expected}`],
  );
});

test('an event longer than the bound is an invalid_response', () => {
  const decoder = openaiChat.createStreamDecoder({ wallNowMs: WALL_NOW_MS, maxEventBytes: 1000 });
  const events = Array.from({ length: 20 }, () => decoder.push(Buffer.from('x'.repeat(100)))).flat();
  expect(summary(events)).toEqual(['error invalid_response']);
  expect(decoder.end()).toEqual([]);
});

test.each([
  [200, 'text/event-stream; charset=utf-8', undefined],
  [200, 'application/json', 'invalid_response'],
  [200, 'text/html', 'invalid_response'],
  [302, 'text/event-stream', 'invalid_response'],
])('a stream with status %d and content type %s', (status, contentType, expected) => {
  expect(openaiChat.checkStreamHead({ status, headers: { 'content-type': contentType } })?.class).toBe(
    expected,
  );
});
