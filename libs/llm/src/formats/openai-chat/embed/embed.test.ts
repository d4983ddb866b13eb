import { EmbedPurpose, EmbedRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { openaiChat } from '../openai-chat.ts';
import { embed } from './embed.ts';

const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const tokens = (...values: number[]) => ({
  content: { $case: 'tokens' as const, value: { tokens: values } },
});
const asked = (change: Parameters<typeof EmbedRequest.fromPartial>[0] = {}) =>
  EmbedRequest.fromPartial({ model: 'm', inputs: [text('The food was delicious')], ...change });
const encode = (request: EmbedRequest) => embed.encodeRequest({ request, model: 'text-embedding-ada-002' });
const bodyOf = (request: EmbedRequest) => {
  const encoded = encode(request);
  if (!encoded.ok) throw new Error(encoded.error.field);
  return { path: encoded.value.path, body: JSON.parse(String(encoded.value.body)) };
};

/** The example of https://platform.openai.com/docs/api-reference/embeddings/create, its vector cut short. */
const DOCUMENTED = {
  object: 'list',
  data: [{ object: 'embedding', embedding: [0.0023064255, -0.009327292, -0.0028842222], index: 0 }],
  model: 'text-embedding-ada-002',
  usage: { prompt_tokens: 8, total_tokens: 8 },
};
const decode = (body: unknown, inputs = 1, status = 200) =>
  embed.decodeResponse(answer({ body, status }), asked({ inputs: Array(inputs).fill(text('a')) }));

test('the wire format offers it', () => {
  expect(openaiChat.operations?.embed).toBe(embed);
});

test('texts and tokens become `input`', () => {
  expect(bodyOf(asked())).toEqual({
    path: '/embeddings',
    body: { model: 'text-embedding-ada-002', input: ['The food was delicious'], encoding_format: 'float' },
  });
  const { body } = bodyOf(asked({ inputs: [tokens(1, 2), tokens(3)], dimensions: 256, user: 'u' }));
  expect(body).toMatchObject({ input: [[1, 2], [3]], dimensions: 256, user: 'u' });
});

test.each([
  [{ embedPurpose: EmbedPurpose.QUERY }, 'embed_purpose'],
  [{ inputs: [text('a'), tokens(1)] }, 'inputs[1]'],
  [{ passthroughFormat: 'openai-chat', passthroughJson: '{"input":"x"}' }, 'passthrough_json.input'],
])('%j is refused by its field', (change, field) => {
  const encoded = encode(asked(change as Parameters<typeof asked>[0]));
  expect(encoded.ok ? undefined : encoded.error.field).toBe(field);
});

test('the documented answer', () => {
  expect(decode(DOCUMENTED)).toMatchObject({
    ok: true,
    value: {
      embeddings: [{ values: [0.0023064255, -0.009327292, -0.0028842222] }],
      usage: { inputTokens: 8, outputTokens: 0 },
      providerModel: 'text-embedding-ada-002',
    },
  });
});

test('vectors go to the inputs that their index names, in whatever order they come', () => {
  const data = [2, 0, 1].map((index) => ({ object: 'embedding', embedding: [index], index }));
  expect(decode({ ...DOCUMENTED, data }, 3)).toMatchObject({
    value: { embeddings: [{ values: [0] }, { values: [1] }, { values: [2] }] },
  });
});

test.each([
  ['one vector too few', { ...DOCUMENTED, data: [] }],
  ['an index twice', { ...DOCUMENTED, data: [0, 0].map((index) => ({ embedding: [1], index })) }],
  ['no index', { ...DOCUMENTED, data: [{ embedding: [1] }] }],
  ['an empty vector', { ...DOCUMENTED, data: [{ embedding: [], index: 0 }] }],
  ['no numbers', { ...DOCUMENTED, data: [{ embedding: ['1'], index: 0 }] }],
  ['vectors of two lengths', { data: [[1], [1, 2]].map((embedding, index) => ({ embedding, index })) }],
])('%s is no success', (_, body) => {
  const wanted = Math.max(1, (body.data as unknown[]).length);
  expect(decode(body, wanted)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

test('errors are told apart as those of chats', () => {
  const body = { error: { message: 'slow', type: 'requests', code: 'rate_limit_exceeded' } };
  expect(decode(body, 1, 429)).toMatchObject({ ok: false, error: { class: 'rate_limited' } });
  expect(decode(body, 1, 200)).toMatchObject({ ok: false, error: { class: 'rate_limited' } });
});
