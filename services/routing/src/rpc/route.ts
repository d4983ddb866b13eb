import type { CompleteRequest, RouteResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { AdmittedPipeline } from '../pipeline/admitted-pipeline.ts';

/** InferenceService.Route */
export const route = (pipeline: AdmittedPipeline): Rpc<UnaryHandler<CompleteRequest, RouteResponse>> => ({
  permission: 'routing.complete',
  handle: async (request, { principal }) => ({ decision: pipeline.route({ request, principal }) }),
});
