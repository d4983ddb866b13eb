import { type Experiment, ExperimentState } from '@switchyard/contracts/routing';

/** Whether an experiment says who answers: requests need to know of no others. */
export const decidesWho = ({ state }: Experiment): boolean =>
  state === ExperimentState.RUNNING || state === ExperimentState.PROMOTED;
