import { RerankResponse } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { rerankSurface } from './rerank-surface.ts';

const decode = (body: unknown) => rerankSurface.decode(body, {});
const decoded = (body: unknown) => {
  const result = decode(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const good = { model: 'm', query: 'q', documents: ['a', 'b'] };

test('documents are texts, or objects with one; what has no place here passes through', () => {
  const { request } = decoded({ ...good, documents: ['a', { text: 'b' }], top_n: 1, max_tokens_per_doc: 9 });
  expect(request).toMatchObject({
    query: 'q',
    documents: ['a', 'b'],
    topN: 1,
    passthroughJson: '{"max_tokens_per_doc":9}',
    passthroughFormat: 'openai-chat',
  });
});

test.each([
  [{}, ['model', 'query', 'documents']],
  [{ ...good, documents: ['a', '', 7] }, ['documents[1]', 'documents[2]']],
  [{ ...good, documents: Array(1_001).fill('a') }, ['documents']],
  [{ ...good, top_n: 0, return_documents: 'yes' }, ['top_n', 'return_documents']],
])('%# is refused by its fields', (body, fields) => {
  const result = decode(body);
  expect(result.ok ? [] : result.error.map(({ field }) => field)).toEqual(fields);
});

test('the answer tells places, documents where they are asked for, and searches or tokens', () => {
  const results = [{ index: 1, relevanceScore: 0.9 }];
  const told = (usage: object, asked = decoded({ ...good, return_documents: true })) =>
    rerankSurface.encodeResponse(RerankResponse.fromPartial({ requestId: 'r', results, usage }), {
      asked,
      createdAtMs: 0,
    });
  expect(told({ searches: 2, inputTokens: 0, outputTokens: 0 })).toMatchObject({
    id: 'r',
    model: 'm',
    results: [{ index: 1, relevance_score: 0.9, document: { text: 'b' } }],
    meta: { billed_units: { search_units: 2 } },
  });
  const plain = told({ inputTokens: 7, outputTokens: 0 }, decoded(good));
  expect(plain).toMatchObject({ usage: { total_tokens: 7 }, results: [{ index: 1, relevance_score: 0.9 }] });
  expect(plain).not.toHaveProperty('results[0].document');
});
