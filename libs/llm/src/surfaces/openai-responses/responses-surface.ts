import { encodeChatError } from '../openai-chat/encode-error.ts';
import type { Surface } from '../surface.ts';
import { decodeResponsesRequest, type ResponsesRequest } from './decode-request.ts';
import { encodeResponsesResponse } from './encode-response.ts';
import { createResponsesStreamEncoder } from './stream-encoder.ts';

/** `POST /v1/responses`. Source: https://platform.openai.com/docs/api-reference/responses */
export const responsesSurface: Surface<ResponsesRequest> = {
  id: 'openai-responses',
  decode: decodeResponsesRequest,
  encodeResponse: encodeResponsesResponse,
  createStreamEncoder: createResponsesStreamEncoder,
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([
    ['sampling.max_output_tokens', 'max_output_tokens'],
    ['sampling.temperature', 'temperature'],
    ['sampling.top_p', 'top_p'],
    ['sampling.reasoning_effort', 'reasoning.effort'],
    ['response_format.kind', 'text.format.type'],
    ['response_format.json_schema', 'text.format.schema'],
    ['response_format.name', 'text.format.name'],
    ['context', 'switchyard.context'],
    ['requirements', 'switchyard.requirements'],
    ['failover', 'switchyard.failover'],
    ['labels', 'switchyard.labels'],
  ]),
};
