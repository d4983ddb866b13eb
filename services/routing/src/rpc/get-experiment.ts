import type { GetExperimentRequest, GetExperimentResponse } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { experimentResults as resultsOf } from '../domain/experiment/experiment-results.ts';
import { experimentNotFound } from '../errors.ts';
import type { ExperimentAdmin } from './create-experiment.ts';

/** ExperimentAdminService.GetExperiment */
export const getExperiment = ({
  experiments,
  experimentResults,
}: Pick<ExperimentAdmin, 'experiments' | 'experimentResults'>): Rpc<
  UnaryHandler<GetExperimentRequest, GetExperimentResponse>
> => ({
  permission: 'routing.experiment.read',
  handle: async ({ id, tenant }, { principal }) => {
    const acting = actingTenant(principal, tenant);
    const visible = (await experiments.list(acting)).filter((one) => one.id === id);
    const experiment = visible.find((one) => one.tenant === acting) ?? visible[0];
    if (experiment === undefined) throw experimentNotFound(id);
    // The installation's figures are those of all tenants: they are for the installation alone.
    if (experiment.tenant === '' && !principal.installation) return { experiment, results: undefined };
    const tallies = await experimentResults.read(experiment);
    return { experiment, results: resultsOf(experiment, tallies) };
  },
});
