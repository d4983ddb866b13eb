import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { decodeGeminiUsage } from './decode-usage.ts';
import { gemini } from './gemini.ts';

const fixtures = fixturesOf('gemini');
const decode = (body: unknown, status = 200) => gemini.decodeResponse(answer({ body, status }));

function decoded(body: unknown) {
  const result = decode(body);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

/** The fixture with other parts or another finish reason. */
function altered(parts: unknown, finishReason: unknown = 'STOP', more: object = {}) {
  const content = parts === undefined ? undefined : { role: 'model', parts };
  return { ...fixtures.json('text.json'), candidates: [{ content, finishReason }], ...more };
}

const contentsOf = (body: unknown) => decoded(body).message.parts.map((part) => part.content);
const reasoning = (text: string, signature: string) => ({
  $case: 'reasoning',
  value: { text, signature, redactedData: '' },
});

test('a text answer: the signature stands before the text that it was on', () => {
  const { finishReason, usage, providerModel } = decoded(fixtures.json('text.json'));
  expect(contentsOf(fixtures.json('text.json'))).toEqual([
    reasoning('', 'gemini:c2lnbmF0dXJlLW9mLXRleHQ='),
    { $case: 'text', value: 'Lisbon lies on the Tagus.' },
  ]);
  expect({ finishReason, providerModel }).toEqual({
    finishReason: FinishReason.STOP,
    providerModel: 'gemini-3-flash-preview',
  });
  expect(usage).toMatchObject({
    inputTokens: 11,
    outputTokens: 107,
    reasoningTokens: 100,
    cacheReadTokens: undefined,
  });
});

test('parallel tool calls end with STOP on the wire, and get ids', () => {
  const body = fixtures.json('tool-call.json');
  expect(contentsOf(body)).toEqual([
    reasoning('The user asks for two tides.', 'gemini:c2lnbmF0dXJlLW9mLWNhbGw='),
    {
      $case: 'toolCall',
      value: {
        id: 'call_cD5fGhIjKlMnOpQrStUvWxY_0',
        name: 'get_tide',
        argumentsJson: '{"port":"Porto","days":2}',
      },
    },
    {
      $case: 'toolCall',
      value: { id: 'call_cD5fGhIjKlMnOpQrStUvWxY_1', name: 'get_tide', argumentsJson: '{"port":"Faro"}' },
    },
  ]);
  expect(decoded(body).finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(contentsOf(body)).toEqual(contentsOf(body));
});

test('the provider’s own id of a call is kept', () => {
  const call = { functionCall: { id: 'fc-1', name: 'f' } };
  expect(contentsOf(altered([call]))).toEqual([
    { $case: 'toolCall', value: { id: 'fc-1', name: 'f', argumentsJson: '{}' } },
  ]);
});

test.each([undefined, 'x'.repeat(100), 'a b', 7])(
  'ids are distinct and stable with the response id %s',
  (responseId) => {
    const call = (name: string) => ({ functionCall: { name, args: {} } });
    const ids = () =>
      contentsOf(altered([call('f'), call('f'), call('g')], 'STOP', { responseId })).map((content) =>
        content?.$case === 'toolCall' ? content.value.id : '',
      );
    expect(new Set(ids()).size).toBe(3);
    expect(ids()).toEqual(ids());
    for (const id of ids()) expect(id).toMatch(/^call_[\w-]{1,35}$/);
  },
);

test.each([
  ['STOP', FinishReason.STOP],
  ['MAX_TOKENS', FinishReason.LENGTH],
  ['SAFETY', FinishReason.CONTENT_FILTER],
  ['RECITATION', FinishReason.CONTENT_FILTER],
  ['BLOCKLIST', FinishReason.CONTENT_FILTER],
  ['PROHIBITED_CONTENT', FinishReason.CONTENT_FILTER],
  ['SPII', FinishReason.CONTENT_FILTER],
  ['LANGUAGE', FinishReason.CONTENT_FILTER],
  ['IMAGE_SAFETY', FinishReason.CONTENT_FILTER],
  ['OTHER', FinishReason.UNSPECIFIED],
  ['TIRED', FinishReason.UNSPECIFIED],
])('finish reason %s', (reason, expected) => {
  expect(decoded(altered([{ text: 'half' }], reason)).finishReason).toBe(expected);
});

test('an answer that was cut before its first word has no content', () => {
  expect(decoded(altered(undefined, 'MAX_TOKENS'))).toMatchObject({
    finishReason: FinishReason.LENGTH,
    message: { parts: [] },
  });
});

const usages: { name: string; wire: Record<string, unknown>; usage: object }[] = fixtures.json('usage.json');

test.each(usages.map((entry) => [entry.name, entry] as const))('usage: %s', (_, { wire, usage }) => {
  const known = Object.entries(decodeGeminiUsage(wire) ?? {}).filter(([, count]) => count !== undefined);
  expect(Object.fromEntries(known)).toEqual({ ...usage, estimated: false });
});

test.each([
  ['no usage', undefined],
  ['usage that is null', null],
  ['usage without counts', { trafficType: 'ON_DEMAND' }],
])('%s stays unknown', (_, usageMetadata) => {
  expect(decoded({ ...fixtures.json('text.json'), usageMetadata }).usage).toBeUndefined();
});

const whole = fixtures.bytes('text.json');

test.each([
  ['truncated JSON', whole.subarray(0, whole.length - 3)],
  ['an empty body', ''],
  ['an array', '[]'],
  ['no candidates', { usageMetadata: {} }],
  ['no finish reason', altered([{ text: 'x' }], null)],
  ['STOP without content', altered(undefined)],
  ['a part that is no object', altered(['x'])],
  ['a function call without a name', altered([{ functionCall: { args: {} } }])],
  ['a function call whose arguments are no object', altered([{ functionCall: { name: 'f', args: [] } }])],
  ['a function call in pieces', altered([{ functionCall: { name: 'f', willContinue: true } }])],
  ['a picture that nobody asked for', altered([{ inlineData: { mimeType: 'image/png', data: 'AQID' } }])],
])('%s is an invalid_response, never success', (_, body) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response', retryable: true } });
});

test('arguments nested too deep to be written again are an invalid_response', () => {
  const args = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  const body = JSON.stringify(altered([{ functionCall: { name: 'f', args: 'ARGS' } }])).replace(
    '"ARGS"',
    args,
  );
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

test('JSON of another content type is an invalid_response', () => {
  const page = answer({ body: whole, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(gemini.decodeResponse(page)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
  const charset = answer({ body: whole, headers: { 'content-type': 'application/json; charset=UTF-8' } });
  expect(gemini.decodeResponse(charset).ok).toBe(true);
});

test.each([
  ['a blocked prompt', fixtures.json('blocked.json'), 'content_filter', 'PROHIBITED_CONTENT'],
  [
    'an error object',
    { error: { code: 503, status: 'UNAVAILABLE', message: 'x' } },
    'overloaded',
    'UNAVAILABLE',
  ],
  [
    'a call that nobody can read',
    altered([], 'MALFORMED_FUNCTION_CALL'),
    'server_error',
    'MALFORMED_FUNCTION_CALL',
  ],
  [
    'a missing signature',
    altered([], 'MISSING_THOUGHT_SIGNATURE'),
    'invalid_request',
    'MISSING_THOUGHT_SIGNATURE',
  ],
])('a failure inside status 200 is a failure: %s', (_, body, expected, providerCode) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: expected, providerCode } });
});
