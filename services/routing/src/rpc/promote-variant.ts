import type {
  Experiment,
  ExperimentVariant,
  PromoteVariantRequest,
  PromoteVariantResponse,
} from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { promoteVariant as promote } from '../domain/experiment/change-state.ts';
import { experimentState } from '../errors.ts';
import { changeExperiment, stateAfter } from './change-experiment.ts';
import { surroundingsOf } from './check-experiment.ts';
import type { ExperimentAdmin } from './create-experiment.ts';

/** ExperimentAdminService.PromoteVariant */
export const promoteVariant = (
  admin: ExperimentAdmin,
): Rpc<UnaryHandler<PromoteVariantRequest, PromoteVariantResponse>> => ({
  permission: 'routing.experiment.write',
  handle: async ({ variant: name, ...address }, { principal }) => {
    const experiment = await changeExperiment(
      admin,
      { principal, verb: 'promote', ...address },
      (current, rows) => {
        const { model } = findVariant(current, name);
        const promoted = stateAfter(promote(current, { variant: name, now: new Date() }), current);
        // All requests will depend on it.
        if (!surroundingsOf(current, rows, admin).isKnown(model))
          throw experimentState(
            current.id,
            `cannot be ended so: nobody offers ${model}, the model of ${name}, now`,
          );
        return promoted;
      },
    );
    return { experiment };
  },
});

function findVariant({ id, variants }: Experiment, name: string): ExperimentVariant {
  const found = variants.find((variant) => variant.name === name);
  if (found !== undefined) return found;
  const names = variants.map((variant) => variant.name).join(', ');
  throw invalidArgument({
    field: 'variant',
    description: `must be a variant of the experiment ${id}: ${names}`,
  });
}
