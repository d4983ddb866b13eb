import { EmbedPurpose, EmbedRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../testing/fixtures.ts';
import { cohereV2 } from './cohere-v2.ts';
import { embed } from './embed.ts';

const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const asked = (change: Parameters<typeof EmbedRequest.fromPartial>[0] = {}) =>
  EmbedRequest.fromPartial({ model: 'm', inputs: [text('hello'), text('goodbye')], ...change });
const encode = (request: EmbedRequest) => embed.encodeRequest({ request, model: 'embed-v4.0' });

/** The example of https://docs.cohere.com/reference/embed, its vectors cut short. */
const DOCUMENTED = {
  id: 'da6e531f-54c5-4a73-bf92-f60566d8d753',
  embeddings: {
    float: [
      [0.016296387, -0.008354187],
      [0.04663086, -0.023239136],
    ],
  },
  texts: ['hello', 'goodbye'],
  meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } },
};

test('the wire format offers it', () => {
  expect(cohereV2.operations?.embed).toBe(embed);
});

test.each([
  [{}, { input_type: 'search_document' }],
  [
    { embedPurpose: EmbedPurpose.QUERY, dimensions: 256 },
    { input_type: 'search_query', output_dimension: 256 },
  ],
  [
    { passthroughFormat: 'cohere-v2', passthroughJson: '{"max_tokens":9}' },
    { input_type: 'search_document', max_tokens: 9 },
  ],
])('%j becomes %j', (change, fields) => {
  const encoded = encode(asked(change));
  if (!encoded.ok) throw new Error(encoded.error.field);
  expect(encoded.value.path).toBe('/embed');
  expect(JSON.parse(String(encoded.value.body))).toEqual({
    model: 'embed-v4.0',
    texts: ['hello', 'goodbye'],
    embedding_types: ['float'],
    truncate: 'NONE',
    ...fields,
  });
});

test.each([
  [{ inputs: [{ content: { $case: 'tokens' as const, value: { tokens: [1] } } }] }, 'inputs[0].tokens'],
  [{ inputs: Array(97).fill(text('a')) }, 'inputs'],
  [{ passthroughFormat: 'cohere-v2', passthroughJson: '{"truncate":"END"}' }, 'passthrough_json.truncate'],
])('what it cannot express is refused by its field', (change, field) => {
  const encoded = encode(asked(change));
  expect(encoded.ok ? undefined : encoded.error.field).toBe(field);
});

test('the documented answer, and what is billed', () => {
  expect(embed.decodeResponse(answer({ body: DOCUMENTED }), asked())).toEqual({
    ok: true,
    value: {
      embeddings: [{ values: [0.016296387, -0.008354187] }, { values: [0.04663086, -0.023239136] }],
      usage: { inputTokens: 2, outputTokens: 0, estimated: false },
      providerModel: '',
    },
  });
});

test.each([
  ['one vector too few', { ...DOCUMENTED, embeddings: { float: [[1]] } }, 200, 'invalid_response'],
  ['no vectors', { ...DOCUMENTED, embeddings: {} }, 200, 'invalid_response'],
  ['a rate limit', { message: 'too many requests' }, 429, 'rate_limited'],
])('%s is no success', (_, body, status, errorClass) => {
  expect(embed.decodeResponse(answer({ body, status }), asked())).toMatchObject({
    ok: false,
    error: { class: errorClass },
  });
});

test('what nobody says was billed is not known', () => {
  const { meta: _, ...body } = DOCUMENTED;
  const decoded = embed.decodeResponse(answer({ body }), asked());
  expect(decoded.ok && decoded.value.usage).toBeUndefined();
});
