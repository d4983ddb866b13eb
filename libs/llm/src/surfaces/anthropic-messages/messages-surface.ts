import type { Surface } from '../surface.ts';
import { decodeMessagesRequest } from './decode-request.ts';
import { encodeMessagesError } from './encode-error.ts';
import { encodeMessagesResponse } from './encode-response.ts';
import { createMessagesStreamEncoder } from './stream-encoder.ts';

/** `POST /v1/messages`. Source: https://platform.claude.com/docs/en/api/messages */
export const messagesSurface: Surface = {
  id: 'anthropic-messages',
  decode: decodeMessagesRequest,
  encodeResponse: encodeMessagesResponse,
  createStreamEncoder: createMessagesStreamEncoder,
  encodeError: encodeMessagesError,
  requestIdHeader: 'request-id',
  fieldNames: new Map([
    ['sampling.max_output_tokens', 'max_tokens'],
    ['sampling.temperature', 'temperature'],
    ['sampling.top_p', 'top_p'],
    ['sampling.top_k', 'top_k'],
    ['sampling.stop', 'stop_sequences'],
    ['sampling.reasoning_effort', 'output_config.effort'],
    ['sampling.reasoning_budget_tokens', 'thinking.budget_tokens'],
    ['response_format.kind', 'output_config.format.type'],
    ['response_format.json_schema', 'output_config.format.schema'],
    ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
    ['user', 'metadata.user_id'],
    ['context', 'switchyard.context'],
    ['requirements', 'switchyard.requirements'],
    ['failover', 'switchyard.failover'],
    ['labels', 'switchyard.labels'],
  ]),
};
