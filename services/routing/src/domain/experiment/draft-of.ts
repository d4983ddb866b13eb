import { Experiment, ExperimentState } from '@switchyard/contracts/routing';

/** An experiment as its operator says it is, as a draft. Whatever is not listed here is the service's to set. */
export const draftOf = ({
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
