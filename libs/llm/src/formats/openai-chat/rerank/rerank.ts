import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeRerankResponse } from './decode-response.ts';
import { encodeRerankRequest } from './encode-request.ts';

/** Jina's ranking, as vLLM, Together, Novita and others offer it, too. Source: https://jina.ai/reranker */
export const rerank: OperationFormat<'rerank'> = Object.freeze({
  // Every request can be said.
  findUnsupported: () => undefined,
  encodeRequest: encodeRerankRequest,
  decodeResponse: decodeRerankResponse,
});
