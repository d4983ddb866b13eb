import type { CompleteRequest, StreamCompleteResponse } from '@switchyard/contracts/routing';
import type { Rpc, StreamHandler } from '@switchyard/service-kit';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** InferenceService.StreamComplete */
export const streamComplete = (
  pipeline: Pipeline,
): Rpc<StreamHandler<CompleteRequest, StreamCompleteResponse>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.stream({ request, principal, signal, deadlineAtMs }),
});
