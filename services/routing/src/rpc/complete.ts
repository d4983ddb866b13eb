import type { CompleteRequest, CompleteResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';

/** InferenceService.Complete */
export const complete = (
  pipeline: AdmittedPipeline,
): Rpc<UnaryHandler<CompleteRequest, CompleteResponse>> => ({
  permission: 'routing.complete',
  handle: (request, { principal, signal, deadlineAtMs }) =>
    pipeline.complete({ request, principal, signal, deadlineAtMs }),
});
