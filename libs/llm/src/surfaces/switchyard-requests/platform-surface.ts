import type { Surface } from '../surface.ts';
import { decodePlatformRequest } from './decode-request.ts';
import { encodePlatformError, encodePlatformResponse } from './encode-answer.ts';
import { createPlatformStreamEncoder } from './stream-encoder.ts';

/** `POST /v1/requests`: the platform's own JSON. */
export const platformSurface: Surface = {
  id: 'switchyard-requests',
  decode: decodePlatformRequest,
  encodeResponse: encodePlatformResponse,
  createStreamEncoder: createPlatformStreamEncoder,
  encodeError: encodePlatformError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([
    ['sampling.max_output_tokens', 'request.max_tokens'],
    ['sampling.temperature', 'request.temperature'],
    ['sampling.top_p', 'request.top_p'],
    ['sampling.top_k', 'request.top_k'],
    ['sampling.stop', 'request.stop'],
    ['sampling.seed', 'request.seed'],
    ['sampling.frequency_penalty', 'request.frequency_penalty'],
    ['sampling.presence_penalty', 'request.presence_penalty'],
    ['sampling.reasoning_effort', 'request.reasoning_effort'],
    ['response_format', 'request.response_format'],
    ['requirements.residency', 'model_requirements.data_residency'],
    ['requirements.max_price_per_million_nano_usd', 'model_requirements.max_cost_per_token'],
    ['requirements.max_latency_ms', 'model_requirements.max_latency_ms'],
    ['requirements.capabilities', 'model_requirements.capabilities'],
    ['context.tenant', 'context.tenant_id'],
    ['context.agent', 'context.agent_id'],
    ['context.workflow', 'context.workflow_id'],
  ]),
};
