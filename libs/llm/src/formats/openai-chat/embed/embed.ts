import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeEmbedResponse } from './decode-response.ts';
import { encodeEmbedRequest, findUnsupportedInEmbed } from './encode-request.ts';

/** OpenAI's embeddings. Source: https://platform.openai.com/docs/api-reference/embeddings */
export const embed: OperationFormat<'embed'> = Object.freeze({
  findUnsupported: findUnsupportedInEmbed,
  encodeRequest: encodeEmbedRequest,
  decodeResponse: decodeEmbedResponse,
});
