import type { Experiment } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import type { ExperimentRows, ExperimentUpdate } from '../adapters/postgres-experiments.ts';
import type { StateChange } from '../domain/experiment/change-state.ts';
import { experimentNotFound, experimentState } from '../errors.ts';
import type { ExperimentAdmin } from './create-experiment.ts';
import { writableTenant } from './writable-tenant.ts';

/** Changes an experiment for a caller, and tells every replica. @throws where the caller may not, and what `change` throws */
export async function changeExperiment(
  { experiments, link }: ExperimentAdmin,
  { principal, verb, id, tenant: named }: Omit<ExperimentUpdate, 'actor'> & { readonly principal: Principal },
  change: (current: Experiment, rows: ExperimentRows) => Experiment,
): Promise<Experiment> {
  const notFound = experimentNotFound(id);
  const tenant = writableTenant(principal, { what: 'experiment', tenant: named, notFound });
  const changed = await experiments.update({ tenant, id, verb, actor: principal.keyId }, change);
  await link.changed();
  return changed;
}

/** What an experiment is after a change of its state. @throws EXPERIMENT_STATE where it cannot be changed so */
export function stateAfter(change: StateChange, { id }: Experiment): Experiment {
  switch (change.kind) {
    case 'changed':
      return change.experiment;
    case 'refused':
      throw experimentState(id, change.why);
    default:
      return unreachable(change);
  }
}
