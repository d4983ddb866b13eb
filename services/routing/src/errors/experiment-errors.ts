import type { Experiment } from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';

/** No such experiment for this caller. */
export const experimentNotFound = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_NOT_FOUND',
    code: 'NOT_FOUND',
    publicMessage: `there is no experiment ${id}; ListExperiments ("switchyard experiments") tells which there are`,
    metadata: { experiment: id },
  });

/** The id is taken. */
export const experimentExists = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_EXISTS',
    code: 'ALREADY_EXISTS',
    publicMessage: `there is an experiment ${id} already; take another id, or delete it first`,
    metadata: { experiment: id },
  });

/** It stands where it cannot be changed so. @param why the end of the sentence, with what can be done */
export const experimentState = (id: string, why: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_STATE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} ${why}`,
    metadata: { experiment: id },
  });

/** It cannot be removed while it divides requests. */
export const experimentRuns = (id: string): ServiceError =>
  new ServiceError({
    reason: 'EXPERIMENT_RUNS',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} runs and cannot be removed; stop it first, or promote one of its variants`,
    metadata: { experiment: id },
  });

/** Experiments send requests to it, which would fail without it. @param what a pool or a provider */
export function experimentsNeedIt(
  { kind, id }: { readonly kind: 'pool' | 'provider'; readonly id: string },
  experiments: readonly Experiment[],
): ServiceError {
  const names = experiments.map((one) => (one.tenant === '' ? one.id : `${one.id} (tenant ${one.tenant})`));
  return new ServiceError({
    reason: kind === 'pool' ? 'POOL_IN_USE' : 'PROVIDER_IN_USE',
    code: 'FAILED_PRECONDITION',
    publicMessage: `${kind} ${id} answers for ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}: requests that the experiment sends there would fail; stop it first, promote another variant, or delete it where this one was promoted`,
    metadata: { [kind]: id, experiments: names.slice(0, 100).join(', ') },
  });
}

/** Another experiment divides the same name. */
export const modelIsDivided = (
  model: string,
  { id, by }: { readonly id: string; readonly by: string },
): ServiceError =>
  new ServiceError({
    reason: 'MODEL_IS_DIVIDED',
    code: 'FAILED_PRECONDITION',
    publicMessage: `the experiment ${id} cannot start: the experiment ${by} runs for ${model} already; stop it or promote one of its variants first`,
    metadata: { experiment: id, model, running: by },
  });
