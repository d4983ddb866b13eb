import { type Experiment, ExperimentState } from '@switchyard/contracts/routing';

/** What comes of asking for a change of an experiment's state. */
export type StateChange =
  | { readonly kind: 'changed'; readonly experiment: Experiment }
  /** Why it cannot be, and what can be done: the end of a sentence that begins with the experiment's name. */
  | { readonly kind: 'refused'; readonly why: string };

/** DRAFT → RUNNING */
export function startExperiment(experiment: Experiment, now: Date): StateChange {
  switch (experiment.state) {
    case ExperimentState.DRAFT:
      return changed({ ...experiment, state: ExperimentState.RUNNING, startedAt: now });
    case ExperimentState.RUNNING:
      return refused('runs already');
    default:
      return refused('has ended; create another one to ask again');
  }
}

/** RUNNING → STOPPED */
export function stopExperiment(experiment: Experiment, now: Date): StateChange {
  switch (experiment.state) {
    case ExperimentState.RUNNING:
      return changed({ ...experiment, state: ExperimentState.STOPPED, endedAt: now });
    case ExperimentState.PROMOTED:
      return refused('has ended, and a variant is promoted; delete it to send requests to the name itself');
    case ExperimentState.STOPPED:
      return refused('is stopped already');
    default:
      return refused('has not been started');
  }
}

/** RUNNING | STOPPED → PROMOTED. The variant is one of the experiment's. */
export function promoteVariant(
  experiment: Experiment,
  { variant, now }: { readonly variant: string; readonly now: Date },
): StateChange {
  switch (experiment.state) {
    case ExperimentState.RUNNING:
    case ExperimentState.STOPPED:
      return changed({ ...experiment, state: ExperimentState.PROMOTED, promoted: variant, endedAt: now });
    case ExperimentState.PROMOTED:
      return refused(`has ended, and ${experiment.promoted} is promoted`);
    default:
      return refused('has not been started; start it first');
  }
}

const changed = (experiment: Experiment): StateChange => ({ kind: 'changed', experiment });
const refused = (why: string): StateChange => ({ kind: 'refused', why });
