import type { CompleteRequest, RouteResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** InferenceService.Route */
export const route = (pipeline: Pipeline): Rpc<UnaryHandler<CompleteRequest, RouteResponse>> => ({
  permission: 'routing.complete',
  handle: async (request, { principal }) => ({ decision: pipeline.route({ request, principal }) }),
});
