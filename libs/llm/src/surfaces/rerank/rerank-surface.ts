import type { RerankResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import type { AnswerSurface } from '../surface.ts';
import { decodeRerankBody, type RerankBody } from './decode-request.ts';
import { encodeRerankResponse } from './encode-response.ts';

/**
 * `POST /v1/rerank` as Jina has it and `POST /v2/rerank` as Cohere does: OpenAI has none, and these two differ in nothing that
 * clients look at. Sources: https://jina.ai/reranker, https://docs.cohere.com/reference/rerank
 */
export const rerankSurface: AnswerSurface<RerankBody, RerankResponse> = {
  id: 'rerank',
  decode: decodeRerankBody,
  encodeResponse: (response, { asked }) => encodeRerankResponse(response, asked),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map(OWN_FIELD_NAMES),
};
