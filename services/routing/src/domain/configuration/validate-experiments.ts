import { type Experiment, ExperimentState } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import { type ExperimentSurroundings, validateExperiment } from '../experiment/validate-experiment.ts';
import type { ConfiguredObjects } from './configured-object.ts';

/** What experiments of a configuration are checked with. */
export interface ExperimentsContext {
  /** Everything that there will be. */
  readonly result: ConfiguredObjects;
  /** Which model names the owner of an experiment may ask for. */
  readonly modelNamesOf: (experiment: Experiment) => Pick<ExperimentSurroundings, 'isKnown' | 'near'>;
}

/** Everything that is wrong with one experiment as it will be, by field; a field begins with "experiment.". */
export function validateExperimentIn(
  experiment: Experiment,
  { result, modelNamesOf }: ExperimentsContext,
): FieldViolation[] {
  const others = result.experiments.filter(
    ({ id, tenant }) => id !== experiment.id && (tenant === '' || tenant === experiment.tenant),
  );
  const hasEnded = experiment.state === ExperimentState.STOPPED;
  // Nobody is sent to the models of one that has ended: they may be gone.
  const names = hasEnded ? ANY_NAME : modelNamesOf(experiment);
  return [
    ...validateExperiment(experiment, { ...names, experiments: hasEnded ? [] : others }),
    ...notAlone(experiment, others),
  ];
}

const ANY_NAME = { isKnown: () => true, near: () => [] };

function notAlone({ tenant, model, state }: Experiment, others: readonly Experiment[]): FieldViolation[] {
  if (state !== ExperimentState.RUNNING) return [];
  const other = others.find(
    (one) => one.tenant === tenant && one.model === model && one.state === ExperimentState.RUNNING,
  );
  if (other === undefined) return [];
  const description = `the experiment ${other.id} runs for ${model} already; stop it, or promote one of its variants, in the same step or before`;
  return [{ field: 'experiment.state', description }];
}
