import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeEmbedResponse } from './decode-response.ts';
import { encodeEmbedRequest, findUnsupportedInEmbed } from './encode-request.ts';

/** Gemini's embeddings. Source: https://ai.google.dev/api/embeddings */
export const embed: OperationFormat<'embed'> = Object.freeze({
  findUnsupported: findUnsupportedInEmbed,
  encodeRequest: encodeEmbedRequest,
  decodeResponse: decodeEmbedResponse,
});
