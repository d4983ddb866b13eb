import type { CompleteRequest, StreamCompleteResponse } from '@switchyard/contracts/routing';
import type { Rpc, StreamHandler } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';

/** InferenceService.StreamComplete */
export const streamComplete = (
  pipeline: AdmittedPipeline,
): Rpc<StreamHandler<CompleteRequest, StreamCompleteResponse>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.stream({ request, principal, signal, deadlineAtMs }),
});
