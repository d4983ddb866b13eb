import {
  type CreateExperimentRequest,
  type CreateExperimentResponse,
  Experiment,
  ExperimentState,
} from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresExperimentResults } from '../adapters/postgres-experiment-results.ts';
import type { PostgresExperiments } from '../adapters/postgres-experiments.ts';
import { validateExperiment } from '../domain/experiment/validate-experiment.ts';
import { experimentNotFound, invalidFields } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { surroundingsOf } from './check-experiment.ts';
import { writableTenant } from './writable-tenant.ts';

/** What experiment administration stands on. */
export interface ExperimentAdmin {
  readonly experiments: PostgresExperiments;
  readonly experimentResults: PostgresExperimentResults;
  readonly link: ConfigurationLink;
  readonly snapshots: SnapshotHolder;
}

/** ExperimentAdminService.CreateExperiment */
export const createExperiment = (
  admin: ExperimentAdmin,
): Rpc<UnaryHandler<CreateExperimentRequest, CreateExperimentResponse>> => ({
  permission: 'routing.experiment.write',
  handle: async ({ experiment }, { principal }) => {
    if (experiment === undefined) throw invalidArgument({ field: 'experiment', description: 'is required' });
    const { id, tenant } = experiment;
    writableTenant(principal, { what: 'experiment', tenant, notFound: experimentNotFound(id) });
    const created = await admin.experiments.create(draftOf(experiment), (draft, rows) => {
      const violations = validateExperiment(draft, surroundingsOf(draft, rows, admin));
      if (violations.length > 0) throw invalidFields(violations);
    });
    return { experiment: created };
  },
});

/** Whatever is not listed here is the service's to set. */
const draftOf = ({
  id,
  tenant,
  description,
  model,
  variants,
  stickyBy,
  stickyLabel,
  metric,
  significance,
}: Experiment): Experiment => ({
  ...Experiment.create(),
  id,
  tenant,
  description,
  model,
  variants: variants.map(({ name, model, weight }) => ({ name, model, weight })),
  stickyBy,
  stickyLabel,
  metric,
  significance,
  state: ExperimentState.DRAFT,
});
