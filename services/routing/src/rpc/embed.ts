import type { EmbedRequest, EmbedResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** InferenceService.Embed */
export const embed = (pipeline: Pipeline): Rpc<UnaryHandler<EmbedRequest, EmbedResponse>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.embed({ request, principal, signal, deadlineAtMs }),
});
