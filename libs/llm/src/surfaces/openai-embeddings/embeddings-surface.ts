import type { EmbedResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import type { AnswerSurface } from '../surface.ts';
import { decodeEmbeddingsRequest, type EmbeddingsRequest } from './decode-request.ts';
import { encodeEmbeddingsResponse } from './encode-response.ts';

/** `POST /v1/embeddings`. Source: https://platform.openai.com/docs/api-reference/embeddings */
export const embeddingsSurface: AnswerSurface<EmbeddingsRequest, EmbedResponse> = {
  id: 'openai-embeddings',
  decode: decodeEmbeddingsRequest,
  encodeResponse: (response, { asked }) => encodeEmbeddingsResponse(response, asked),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([['inputs', 'input'], ...OWN_FIELD_NAMES]),
};
