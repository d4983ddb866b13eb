import type { RerankRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { OperationFormat, PlainEncodeInput } from '../../operations/operation-format.ts';
import type { DecodedRanking } from '../../operations/rerank/decoded-ranking.ts';
import { readRanking, readRankingUsage } from '../../operations/rerank/read-ranking.ts';
import { successBody } from '../http-answer.ts';
import type { EncodedRequest, HttpAnswer } from '../http-message.ts';
import { passthroughFor } from '../passthrough.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Unsupported } from '../unsupported.ts';
import { classifyCohereError } from './classify-error.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
const RESERVED: ReadonlySet<string> = new Set(['model', 'query', 'documents', 'top_n']);

/** Cohere's ranking, charged by the search. Source: https://docs.cohere.com/reference/rerank */
export const rerank: OperationFormat<'rerank'> = Object.freeze({
  // Every request can be said.
  findUnsupported: () => undefined,
  encodeRequest: encodeRerank,
  decodeResponse: decodeRerank,
});

function encodeRerank({
  request,
  model,
}: PlainEncodeInput<RerankRequest>): Result<EncodedRequest, Unsupported> {
  const passthrough = passthroughFor({ request, format: 'cohere-v2', reserved: RESERVED });
  if (!passthrough.ok) return passthrough;
  const { query, documents, topN } = request;
  const body = JSON.stringify({ model, query, documents, top_n: topN, ...passthrough.value });
  return ok({ path: '/rerank', query: undefined, headers: HEADERS, body });
}

function decodeRerank(answer: HttpAnswer, request: RerankRequest): Result<DecodedRanking, ProviderError> {
  if (answer.status !== 200) return err(classifyCohereError(answer));
  const body = successBody(answer);
  if (!body.ok) return body;
  const results = readRanking(body.value, request);
  if (!results.ok) return results;
  return ok({ results: results.value, usage: readRankingUsage(body.value), providerModel: '' });
}
