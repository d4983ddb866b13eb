import {
  type Experiment,
  ExperimentState,
  type StartExperimentRequest,
  type StartExperimentResponse,
} from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ExperimentRows } from '../adapters/postgres-experiments.ts';
import { startExperiment as start } from '../domain/experiment/change-state.ts';
import { validateExperiment } from '../domain/experiment/validate-experiment.ts';
import { experimentState, modelIsDivided } from '../errors.ts';
import { changeExperiment, stateAfter } from './change-experiment.ts';
import { surroundingsOf } from './check-experiment.ts';
import type { ExperimentAdmin } from './create-experiment.ts';

/** ExperimentAdminService.StartExperiment */
export const startExperiment = (
  admin: ExperimentAdmin,
): Rpc<UnaryHandler<StartExperimentRequest, StartExperimentResponse>> => ({
  permission: 'routing.experiment.write',
  handle: async (request, { principal }) => {
    const experiment = await changeExperiment(
      admin,
      { principal, verb: 'start', ...request },
      (current, rows) => {
        const started = stateAfter(start(current, new Date()), current);
        checkAlone(current, rows);
        checkStillRight(current, rows, admin);
        return started;
      },
    );
    return { experiment };
  },
});

function checkAlone({ id, tenant, model }: Experiment, { experiments }: ExperimentRows): void {
  const other = experiments.find(
    (one) => one.tenant === tenant && one.model === model && one.state === ExperimentState.RUNNING,
  );
  if (other !== undefined) throw modelIsDivided(model, { id, by: other.id });
}

/** Providers and pools may have gone since it was drafted. */
function checkStillRight(experiment: Experiment, rows: ExperimentRows, admin: ExperimentAdmin): void {
  const [violation] = validateExperiment(experiment, surroundingsOf(experiment, rows, admin));
  if (violation === undefined) return;
  throw experimentState(experiment.id, `cannot start: ${violation.field}: ${violation.description}`);
}
