import { CompleteRequest, EmbedRequest, FinishReason, Role } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { findUnsupportedOperation } from '../../operations/speak-operation.ts';
import { answer, decodeStream, fixturesOf, messageOf, WALL_NOW_MS } from '../testing/fixtures.ts';
import type { WireFormat } from '../wire-format.ts';
import { vertexAnthropic } from './vertex-anthropic.ts';
import { vertexGemini } from './vertex-gemini.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const HELLO: Partial = {
  messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Hi' } }] }],
};

function encode(format: WireFormat, request: Partial, more: object = {}) {
  return format.encodeRequest({
    request: CompleteRequest.fromPartial(request),
    model: 'claude-sonnet-4-5@20250929',
    maxOutputTokens: 100,
    stream: false,
    ...more,
  });
}

const bodyOf = (encoded: ReturnType<typeof encode>) => {
  if (!encoded.ok) throw new Error(`${encoded.error.field}: ${encoded.error.description}`);
  return JSON.parse(encoded.value.body);
};

// https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
test('Claude: the model in the path, the version in the body, no header of Anthropic', () => {
  expect(encode(vertexAnthropic, HELLO)).toEqual({
    ok: true,
    value: {
      path: '/models/claude-sonnet-4-5%4020250929:rawPredict',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"anthropic_version":"vertex-2023-10-16","max_tokens":100,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}',
    },
  });
  const streamed = encode(vertexAnthropic, HELLO, { stream: true });
  expect(streamed).toMatchObject({
    value: { path: '/models/claude-sonnet-4-5%4020250929:streamRawPredict' },
  });
  expect(bodyOf(streamed).stream).toBe(true);
});

// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
test('Gemini: the bodies and paths of the Gemini API', () => {
  const encoded = encode(vertexGemini, HELLO, { model: 'gemini-2.5-flash', stream: true });
  expect(encoded).toMatchObject({
    value: { path: '/models/gemini-2.5-flash:streamGenerateContent', query: 'alt=sse' },
  });
  expect(bodyOf(encoded)).toMatchObject({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] });
});

test.each([
  [vertexGemini, 'gemini', { labels: { team: 'a' } }],
  [vertexAnthropic, 'anthropic-messages', { context_management: {} }],
] as const)('$id: passthrough fields are taken under its own name only', (format, inner, fields) => {
  const passthroughJson = JSON.stringify(fields);
  const own = encode(format, { ...HELLO, passthroughJson, passthroughFormat: format.id });
  expect(bodyOf(own)).toMatchObject(fields);
  const others = encode(format, { ...HELLO, passthroughJson, passthroughFormat: inner });
  expect(bodyOf(others)).not.toHaveProperty(Object.keys(fields)[0] as string);
});

test.each([
  ['image', { source: { $case: 'url', value: 'https://example.com/a.png' } }],
  ['file', { source: { $case: 'fileId', value: 'file_1' } }],
])('Claude: an %s that is no data is refused by name', ($case, value) => {
  const messages = [{ role: Role.USER, parts: [{ content: { $case, value } as never }] }];
  const field = `messages[0].parts[0].${$case}`;
  expect(encode(vertexAnthropic, { messages })).toMatchObject({ ok: false, error: { field } });
  const input = {
    request: CompleteRequest.fromPartial({ messages }),
    model: 'm',
    maxOutputTokens: 100,
    stream: false,
  };
  expect(vertexAnthropic.findUnsupported(input)).toMatchObject({ field });
});

test('answers and streams are those of the formats behind', () => {
  const messages = fixturesOf('anthropic-messages');
  expect(vertexAnthropic.decodeResponse(answer({ body: messages.json('text.json') }))).toMatchObject({
    ok: true,
    value: { finishReason: FinishReason.STOP },
  });
  const decoder = vertexAnthropic.createStreamDecoder({ wallNowMs: WALL_NOW_MS });
  const events = decodeStream(decoder, messages.bytes('text-stream.sse'));
  expect(messageOf(events).parts[0]?.content).toEqual({ $case: 'text', value: 'Hello!' });
  const text = fixturesOf('gemini').json('text.json');
  expect(vertexGemini.decodeResponse(answer({ body: text }))).toMatchObject({ ok: true });
});

test.each([
  ['Claude', 429, { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } }, 'rate_limited'],
  ['Claude', 529, { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }, 'overloaded'],
  ['Google', 401, { error: { code: 401, status: 'UNAUTHENTICATED', message: 'no' } }, 'authentication'],
  ['Google', 403, { error: { code: 403, status: 'PERMISSION_DENIED', message: 'no' } }, 'permission'],
  ['Google', 429, [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'no' } }], 'rate_limited'],
  ['Google', 404, { error: { code: 404, status: 'NOT_FOUND', message: 'no' } }, 'not_found'],
])('an error in the words of %s: %d', (_whose, status, body, expected) => {
  expect(vertexAnthropic.classifyError(answer({ status, body }))).toMatchObject({ class: expected });
  expect(vertexAnthropic.decodeResponse(answer({ status, body }))).toMatchObject({
    error: { class: expected },
  });
});

test('both are shown an access token', () => {
  expect([vertexGemini.authStyle, vertexAnthropic.authStyle]).toEqual(['google-oauth', 'google-oauth']);
});

test('vectors are refused by name, not asked for by a path of the Gemini API that Vertex does not have', () => {
  const request = EmbedRequest.fromPartial({ inputs: [{ content: { $case: 'text', value: 'Hi' } }] });
  const operation = { kind: 'embed', request } as const;
  const input = { operation, model: 'gemini-embedding-001', maxOutputTokens: undefined, stream: false };
  expect(findUnsupportedOperation(vertexGemini, input)).toMatchObject({ field: 'inputs' });
});
