import type { StopExperimentRequest, StopExperimentResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { stopExperiment as stop } from '../domain/experiment/change-state.ts';
import { changeExperiment, stateAfter } from './change-experiment.ts';
import type { ExperimentAdmin } from './create-experiment.ts';

/** ExperimentAdminService.StopExperiment */
export const stopExperiment = (
  admin: ExperimentAdmin,
): Rpc<UnaryHandler<StopExperimentRequest, StopExperimentResponse>> => ({
  permission: 'routing.experiment.write',
  handle: async (request, { principal }) => ({
    experiment: await changeExperiment(admin, { principal, verb: 'stop', ...request }, (current) =>
      stateAfter(stop(current, new Date()), current),
    ),
  }),
});
