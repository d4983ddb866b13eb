import type { Surface } from '../surface.ts';
import { type ChatRequest, decodeChatRequest } from './decode-request.ts';
import { encodeChatError } from './encode-error.ts';
import { encodeChatResponse } from './encode-response.ts';
import { createChatStreamEncoder } from './stream-encoder.ts';

/** `POST /v1/chat/completions`. Source: https://platform.openai.com/docs/api-reference/chat */
export const chatSurface: Surface<ChatRequest> = {
  id: 'openai-chat',
  decode: decodeChatRequest,
  encodeResponse: (response, { asked, createdAtMs }) =>
    encodeChatResponse(response, { created: secondsOf(createdAtMs), model: asked.request.model }),
  createStreamEncoder: ({ asked, createdAtMs, requestId }) =>
    createChatStreamEncoder({
      id: `chatcmpl-${requestId}`,
      created: secondsOf(createdAtMs),
      model: asked.request.model,
      includeUsage: asked.includeUsage,
    }),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([
    ['sampling.max_output_tokens', 'max_completion_tokens'],
    ['sampling.temperature', 'temperature'],
    ['sampling.top_p', 'top_p'],
    ['sampling.top_k', 'top_k'],
    ['sampling.stop', 'stop'],
    ['sampling.frequency_penalty', 'frequency_penalty'],
    ['sampling.presence_penalty', 'presence_penalty'],
    ['sampling.seed', 'seed'],
    ['sampling.reasoning_effort', 'reasoning_effort'],
    ['response_format.kind', 'response_format.type'],
    ['response_format.json_schema', 'response_format.json_schema.schema'],
    ['response_format.name', 'response_format.json_schema.name'],
    ['context', 'switchyard.context'],
    ['requirements', 'switchyard.requirements'],
    ['failover', 'switchyard.failover'],
    ['labels', 'switchyard.labels'],
  ]),
};

const secondsOf = (ms: number): number => Math.floor(ms / 1000);
