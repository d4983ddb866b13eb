import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeDrawResponse } from './decode-response.ts';
import { encodeDrawRequest } from './encode-request.ts';

/** OpenAI's images. Source: https://platform.openai.com/docs/api-reference/images/create */
export const draw: OperationFormat<'draw'> = Object.freeze({
  // Every request can be said.
  findUnsupported: () => undefined,
  encodeRequest: encodeDrawRequest,
  decodeResponse: decodeDrawResponse,
});
