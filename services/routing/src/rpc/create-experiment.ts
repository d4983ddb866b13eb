import type { CreateExperimentRequest, CreateExperimentResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { ConfigurationLink } from '../adapters/configuration-link.ts';
import type { PostgresExperimentResults } from '../adapters/postgres-experiment-results.ts';
import type { PostgresExperiments } from '../adapters/postgres-experiments.ts';
import { draftOf } from '../domain/experiment/draft-of.ts';
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
    const brought = { experiment: draftOf(experiment), actor: principal.keyId };
    const created = await admin.experiments.create(brought, (draft, rows) => {
      const violations = validateExperiment(draft, surroundingsOf(draft, rows, admin));
      if (violations.length > 0) throw invalidFields(violations);
    });
    return { experiment: created };
  },
});
