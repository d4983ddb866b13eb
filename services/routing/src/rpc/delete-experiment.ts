import type { DeleteExperimentRequest, DeleteExperimentResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { experimentNotFound } from '../errors.ts';
import type { ExperimentAdmin } from './create-experiment.ts';
import { writableTenant } from './writable-tenant.ts';

/** ExperimentAdminService.DeleteExperiment */
export const deleteExperiment = ({
  experiments,
  link,
}: ExperimentAdmin): Rpc<UnaryHandler<DeleteExperimentRequest, DeleteExperimentResponse>> => ({
  permission: 'routing.experiment.write',
  handle: async ({ id, tenant }, { principal }) => {
    const notFound = experimentNotFound(id);
    const owner = writableTenant(principal, { what: 'experiment', tenant, notFound });
    await experiments.delete({ tenant: owner, id, actor: principal.keyId });
    await link.changed();
    return {};
  },
});
