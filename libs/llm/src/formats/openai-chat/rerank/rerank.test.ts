import { RerankRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { openaiChat } from '../openai-chat.ts';
import { rerank } from './rerank.ts';

const asked = (change: Parameters<typeof RerankRequest.fromPartial>[0] = {}) =>
  RerankRequest.fromPartial({ model: 'm', query: 'q', documents: ['a', 'b'], ...change });
const encode = (request: RerankRequest) => rerank.encodeRequest({ request, model: 'jina-reranker-v3' });
const decode = (body: unknown, request = asked(), status = 200) =>
  rerank.decodeResponse(answer({ body, status }), request);

const results = [
  { index: 1, relevance_score: 0.10183054 },
  { index: 0, relevance_score: 0.03762639 },
];
/** Recorded by vercel/ai: packages/cohere/src/reranking/__fixtures__/cohere-reranking.1.json */
const COHERE = {
  id: 'b44fe75b',
  results,
  meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
};
const JINA = { model: 'jina-reranker-v3', object: 'list', usage: { total_tokens: 38 }, results };

test('the wire format offers it, and asks for no documents back', () => {
  expect(openaiChat.operations?.rerank).toBe(rerank);
  const encoded = encode(asked({ topN: 1 }));
  if (!encoded.ok) throw new Error(encoded.error.field);
  expect(encoded.value.path).toBe('/rerank');
  expect(JSON.parse(String(encoded.value.body))).toEqual({
    model: 'jina-reranker-v3',
    query: 'q',
    documents: ['a', 'b'],
    top_n: 1,
    return_documents: false,
  });
});

test('what the request decides does not pass through', () => {
  const encoded = encode(asked({ passthroughFormat: 'openai-chat', passthroughJson: '{"top_n":9}' }));
  expect(encoded.ok ? undefined : encoded.error.field).toBe('passthrough_json.top_n');
});

test('Cohere counts searches and Jina tokens, and each is counted once', () => {
  const ranked = [
    { index: 1, relevanceScore: 0.10183054 },
    { index: 0, relevanceScore: 0.03762639 },
  ];
  expect(decode(COHERE)).toMatchObject({
    ok: true,
    value: { results: ranked, usage: { searches: 1, inputTokens: 0, outputTokens: 0 } },
  });
  const jina = decode(JINA);
  expect(jina).toMatchObject({ ok: true, value: { results: ranked, providerModel: 'jina-reranker-v3' } });
  expect(jina.ok && jina.value.usage).toEqual({ inputTokens: 38, outputTokens: 0, estimated: false });
});

test('the best comes first, in whatever order they are listed', () => {
  const listed = decode({ ...JINA, results: results.toReversed() });
  expect(listed.ok && listed.value.results.map(({ index }) => index)).toEqual([1, 0]);
});

test.each([
  ['a document too few', results.slice(1), asked()],
  ['a document twice', [results[0], results[0]], asked()],
  ['a document that was not sent', [{ index: 2, relevance_score: 1 }, results[0]], asked()],
  ['no score', [{ index: 0 }, results[0]], asked()],
  ['more than were asked for', results, asked({ topN: 1 })],
])('%s is no success', (_, listed, request) => {
  expect(decode({ ...JINA, results: listed }, request)).toMatchObject({
    ok: false,
    error: { class: 'invalid_response' },
  });
});

test('errors are told apart as those of chats', () => {
  const body = { error: { message: 'slow', code: 'rate_limit_exceeded' } };
  expect(decode(body, asked(), 429)).toMatchObject({ ok: false, error: { class: 'rate_limited' } });
});
