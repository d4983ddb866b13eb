import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeModerateResponse } from './decode-response.ts';
import { encodeModerateRequest, findUnsupportedInModerate } from './encode-request.ts';

/** OpenAI's moderations. Source: https://platform.openai.com/docs/api-reference/moderations */
export const moderate: OperationFormat<'moderate'> = Object.freeze({
  findUnsupported: findUnsupportedInModerate,
  encodeRequest: encodeModerateRequest,
  decodeResponse: decodeModerateResponse,
});
