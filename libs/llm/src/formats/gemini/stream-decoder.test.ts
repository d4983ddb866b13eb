import { FinishReason } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { gemini } from './gemini.ts';

const fixtures = fixturesOf('gemini');
const text = fixtures.bytes('text-stream.sse');
const toolCall = fixtures.bytes('tool-call-stream.sse');

const newDecoder = (maxEventBytes?: number) =>
  gemini.createStreamDecoder({ wallNowMs: WALL_NOW_MS, ...(maxEventBytes && { maxEventBytes }) });
const decode = (bytes: Buffer | string, sizes?: number[]) =>
  decodeStream(newDecoder(), Buffer.from(bytes), sizes);

const event = (body: object) => `data: ${JSON.stringify(body)}\r\n\r\n`;
const USAGE = { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 };
const chunk = (parts: object[], finishReason?: string, usageMetadata: object | undefined = USAGE) =>
  event({ candidates: [{ content: { parts, role: 'model' }, finishReason }], usageMetadata });
const withoutUsage = (parts: object[], finishReason?: string) =>
  event({ candidates: [{ content: { parts, role: 'model' }, finishReason }] });
const END = chunk([{ text: '' }], 'STOP');

test('a streamed text with thoughts: deltas, growing usage, finish', () => {
  const events = decode(text);
  expect(summary(events)).toEqual([
    'reasoning **Rivers**\n\nI recall',
    'usage',
    'reasoning  the map.\n',
    'usage',
    'text Lisbon lies',
    'usage',
    'text  on the Tagus – Tejo.',
    'usage',
    'reasoningSignature gemini:c2lnbmF0dXJlLW9mLXN0cmVhbQ==',
    'usage',
    'finish',
  ]);
  expect(events.at(-1)).toMatchObject({
    finishReason: FinishReason.STOP,
    providerModel: 'gemini-3-flash-preview',
    usage: { inputTokens: 2048, cacheReadTokens: 2000, outputTokens: 69, reasoningTokens: 60 },
  });
});

test('streamed tool calls have the ids that a whole answer gives them', () => {
  const events = decode(toolCall);
  expect(messageOf(events).parts.map((part) => part.content)).toEqual([
    {
      $case: 'reasoning',
      value: { text: '', signature: 'gemini:c2lnbmF0dXJlLW9mLWNhbGw=', redactedData: '' },
    },
    {
      $case: 'toolCall',
      value: {
        id: 'call_iJ1lMnOpQrStUvWxYz01234_0',
        name: 'get_tide',
        argumentsJson: '{"port":"Porto","days":2}',
      },
    },
    {
      $case: 'toolCall',
      value: { id: 'call_iJ1lMnOpQrStUvWxYz01234_1', name: 'get_tide', argumentsJson: '{"port":"Faro"}' },
    },
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'finish', finishReason: FinishReason.TOOL_CALLS });
});

test('the answer ends with its reason, not with the connection', () => {
  expect(summary(newDecoder().push(text)).at(-1)).toBe('finish');
});

test('usage that comes after the reason is waited for', () => {
  const events = decode(withoutUsage([{ text: 'x' }], 'STOP') + event({ usageMetadata: USAGE }));
  expect(summary(events)).toEqual(['text x', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 1, outputTokens: 2 } });
});

test('an answer without usage ends with the connection, and its usage stays unknown', () => {
  const events = decode(withoutUsage([{ text: 'x' }], 'STOP'));
  expect(events.at(-1)).toMatchObject({ kind: 'finish', usage: undefined });
});

test.each([
  [
    'however the bytes are sliced, the same events come out',
    Buffer.concat([Buffer.from(chunk([{ text: 'Grüße 🦀' }])), toolCall]),
  ],
  [
    'also where a bare error follows',
    Buffer.from(
      `${chunk([{ text: '日本' }])}{\n  "error": {\n    "code": 429,\n    "status": "RESOURCE_EXHAUSTED"\n  }\n}\n`,
    ),
  ],
])('%s', (_, stream) => {
  const whole = decode(stream);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }), (sizes) => {
      expect(decode(stream, sizes)).toEqual(whole);
    }),
  );
});

test('a stream cut after any byte before its last event is whole is never a success', () => {
  for (const stream of [text, toolCall]) {
    // Without the empty line after it, an event is none; its LF alone would do.
    for (let length = 0; length < stream.length - 2; length += 1) {
      const events = decode(stream.subarray(0, length));
      expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
      expect(events.filter(({ kind }) => kind === 'finish')).toEqual([]);
    }
  }
});

test('usage that came before the break is told', () => {
  const cut = text.subarray(0, text.indexOf('data: ', 10));
  expect(summary(decode(cut))).toEqual(['reasoning **Rivers**\n\nI recall', 'usage', 'error broken_stream']);
});

const RATE_LIMIT = {
  error: {
    code: 429,
    message: 'Slow down.',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }],
  },
};

test.each([
  ['bare, in many lines', `${JSON.stringify(RATE_LIMIT, null, 2)}\n`],
  ['bare, in one line without an end', JSON.stringify(RATE_LIMIT)],
  ['bare, in an array', `[${JSON.stringify(RATE_LIMIT)}]\n`],
  ['as an event', event(RATE_LIMIT)],
])('an error object inside the stream is classified: %s', (_, bytes) => {
  const events = decode(`${chunk([{ text: 'x' }])}${bytes}`);
  expect(summary(events)).toEqual(['text x', 'usage', 'error rate_limited']);
  expect(events.at(-1)).toMatchObject({ error: { retryAfterMs: 2000, providerCode: 'RESOURCE_EXHAUSTED' } });
});

test('a bare error object is told when it is whole, not when the connection ends', () => {
  const decoder = newDecoder();
  expect(decoder.push(Buffer.from('{"error":{"code":503,'))).toEqual([]);
  expect(summary(decoder.push(Buffer.from('"status":"UNAVAILABLE"}}\n')))).toEqual(['error overloaded']);
  expect(decoder.push(Buffer.from(END))).toEqual([]);
  expect(decoder.end()).toEqual([]);
});

test.each([
  ['cut in its middle', '{"error":{"code":503,', 'broken_stream'],
  ['no error', '{"ok":true}\n', 'invalid_response'],
  [
    'whole, and longer than the bound',
    JSON.stringify({ error: { code: 503, message: 'x'.repeat(40_000) } }),
    'invalid_response',
  ],
  ['without end', `{"error":"${'x}\n'.repeat(20_000)}`, 'invalid_response'],
])('bare JSON that is no whole error: %s', (_, bytes, expected) => {
  expect(summary(decode(`${chunk([{ text: 'x' }])}${bytes}`)).at(-1)).toBe(`error ${expected}`);
});

test.each([
  ['garbage', 'data: {"candidates": [\r\n\r\n', 'invalid_response'],
  ['no candidates', event({ ok: true }), 'invalid_response'],
  ['a call without a name', chunk([{ functionCall: {} }]), 'invalid_response'],
  ['a picture that nobody asked for', chunk([{ inlineData: {} }], 'STOP'), 'invalid_response'],
  ['an error without anything', event({ error: {} }), 'server_error'],
  ['an error of the request', event({ error: { code: 400, status: 'INVALID_ARGUMENT' } }), 'invalid_request'],
])('%s ends the stream as an error, and nothing follows', (_, bytes, expected) => {
  const events = decode(`${chunk([{ text: 'x' }])}${bytes}${chunk([{ text: 'more' }])}${END}`);
  expect(summary(events).filter((line) => line !== 'usage')).toEqual(['text x', `error ${expected}`]);
});

test.each([
  ['a blocked prompt', event(fixtures.json('blocked.json')), 'content_filter'],
  ['a call that nobody can read', chunk([], 'MALFORMED_FUNCTION_CALL'), 'server_error'],
])('%s is a failure, and what it used is told before', (_, bytes, expected) => {
  expect(summary(decode(bytes + END))).toEqual(['usage', `error ${expected}`]);
});

test.each([
  ['SAFETY', FinishReason.CONTENT_FILTER],
  ['MAX_TOKENS', FinishReason.LENGTH],
])('an answer that %s cut ends properly', (reason, finishReason) => {
  const events = decode(
    chunk([{ text: 'half' }]) + event({ candidates: [{ finishReason: reason }], usageMetadata: USAGE }),
  );
  expect(events.at(-1)).toMatchObject({ kind: 'finish', finishReason });
});

test('an event longer than the bound is an invalid_response', () => {
  const decoder = newDecoder(1000);
  const events = Array.from({ length: 20 }, () => decoder.push(Buffer.from('x'.repeat(100)))).flat();
  expect(summary(events)).toEqual(['error invalid_response']);
  expect(decoder.end()).toEqual([]);
});

test.each([
  [200, 'text/event-stream', undefined],
  [200, 'application/json; charset=UTF-8', 'invalid_response'],
  [302, 'text/event-stream', 'invalid_response'],
])('a stream with status %d and content type %s', (status, contentType, expected) => {
  expect(gemini.checkStreamHead({ status, headers: { 'content-type': contentType } })?.class).toBe(expected);
});
