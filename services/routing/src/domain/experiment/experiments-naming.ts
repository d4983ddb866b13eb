import { type Experiment, ExperimentState } from '@switchyard/contracts/routing';

/** A pool or a provider that experiments may send requests to. */
export interface NamedObject {
  readonly kind: 'pool' | 'provider';
  /** '' for the installation's. */
  readonly tenant: string;
  readonly id: string;
}

/**
 * The experiments that send requests to a pool, or to a provider by its own name ("openai/gpt-4o-mini"): without it these would fail.
 * A tenant's can be named by the tenant's experiments alone, one of the installation by everybody's.
 */
export function experimentsNaming(
  experiments: readonly Experiment[],
  { kind, tenant, id }: NamedObject,
): Experiment[] {
  const names = (model: string) => (kind === 'pool' ? model === id : model.startsWith(`${id}/`));
  return experiments.filter(
    (one) => (tenant === '' || one.tenant === tenant) && answeringModels(one).some(names),
  );
}

/** The models that an experiment puts in its name's place now. */
function answeringModels({ state, promoted, variants }: Experiment): string[] {
  if (state !== ExperimentState.RUNNING && state !== ExperimentState.PROMOTED) return [];
  return variants
    .filter(({ name }) => state === ExperimentState.RUNNING || name === promoted)
    .map(({ model }) => model);
}
