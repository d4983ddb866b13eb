import { EmbedResponse } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { decodeEmbeddingsRequest } from './decode-request.ts';
import { embeddingsSurface } from './embeddings-surface.ts';

const decode = (body: unknown, headers = {}) => decodeEmbeddingsRequest(body, headers);
const decoded = (body: unknown) => {
  const result = decode(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const fieldsOf = (body: unknown) => {
  const result = decode(body);
  return result.ok ? [] : result.error.map(({ field }) => field);
};

const text = (value: string) => ({ content: { $case: 'text', value } });
const tokens = (...values: number[]) => ({ content: { $case: 'tokens', value: { tokens: values } } });

test.each([
  ['one text', 'a', [text('a')]],
  ['texts', ['a', 'b'], [text('a'), text('b')]],
  ['one list of tokens', [1, 2], [tokens(1, 2)]],
  ['lists of tokens', [[1], [2, 3]], [tokens(1), tokens(2, 3)]],
])('%s', (_, input, inputs) => {
  expect(decoded({ model: 'm', input }).request.inputs).toEqual(inputs);
});

test('settings, the `switchyard` object, and what has no place here', () => {
  const { request, encoding } = decoded({
    model: 'm',
    input: 'a',
    dimensions: 256,
    encoding_format: 'base64',
    user: 'u',
    input_type: 'query',
    switchyard: { requirements: { residency: ['eu-west'] } },
  });
  expect(encoding).toBe('base64');
  expect(request).toMatchObject({
    dimensions: 256,
    user: 'u',
    requirements: { residency: ['eu-west'] },
    passthroughJson: '{"input_type":"query"}',
    passthroughFormat: 'openai-chat',
  });
});

test.each([
  [{ input: 'a' }, ['model']],
  [{ model: 'm' }, ['input']],
  [{ model: 'm', input: null }, ['input']],
  [{ model: 'm', input: [] }, ['input']],
  [{ model: 'm', input: '' }, ['input']],
  [{ model: 'm', input: ['a', ''] }, ['input[1]']],
  [{ model: 'm', input: [[1], 'a', {}] }, ['input[2]']],
  [{ model: 'm', input: [1, -1] }, ['input']],
  [{ model: 'm', input: [[1.5]] }, ['input[0]']],
  [{ model: 'm', input: 7 }, ['input']],
  [{ model: 'm', input: 'a', dimensions: 0, encoding_format: 'hex' }, ['dimensions', 'encoding_format']],
  [[], ['(body)']],
])('%j is refused by its fields', (body, fields) => {
  expect(fieldsOf(body)).toEqual(fields);
});

test('vectors are told as numbers, or as base64 of 32-bit floats, little endian', () => {
  const response = EmbedResponse.fromPartial({
    requestId: 'r',
    embeddings: [{ values: [1, -0.5] }],
    usage: { inputTokens: 3, outputTokens: 0 },
  });
  const told = (encoding: string) =>
    embeddingsSurface.encodeResponse(response, {
      asked: decoded({ model: 'm', input: 'a', encoding_format: encoding }),
      createdAtMs: 0,
    });
  expect(told('float')).toMatchObject({
    object: 'list',
    model: 'm',
    data: [{ object: 'embedding', index: 0, embedding: [1, -0.5] }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
    switchyard: { request_id: 'r' },
  });
  expect(told('base64')).toMatchObject({ data: [{ embedding: 'AACAPwAAAL8=' }] });
});
