import {
  type Experiment,
  ExperimentState,
  type ExperimentVariant,
  type StickyKey,
} from '@switchyard/contracts/routing';

/** An experiment as requests meet it. */
export interface SnapshotExperiment {
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  readonly variants: readonly [ExperimentVariant, ...ExperimentVariant[]];
  readonly stickyBy: StickyKey;
  readonly stickyLabel: string;
  /** The variant that answers, alone; undefined while the experiment runs. */
  readonly promoted: ExperimentVariant | undefined;
}

/** Model name → owner ('' for the installation) → the one experiment that says who answers. */
export type ExperimentIndex = ReadonlyMap<string, ReadonlyMap<string, SnapshotExperiment>>;

/** The experiments that say who answers: of one owner and name the running one, else the one that was promoted last. */
export function indexExperiments(experiments: readonly Experiment[]): ExperimentIndex {
  const index = new Map<string, Map<string, SnapshotExperiment>>();
  for (const experiment of experiments.toSorted(byPrecedence)) {
    const prepared = prepare(experiment);
    if (prepared === undefined) continue;
    const ofModel = index.get(experiment.model) ?? new Map<string, SnapshotExperiment>();
    // What comes later takes precedence.
    index.set(experiment.model, ofModel.set(experiment.tenant, prepared));
  }
  return index;
}

/** undefined where it says nothing: not started, or stopped. */
function prepare({ variants, ...experiment }: Experiment): SnapshotExperiment | undefined {
  const [first, ...others] = variants;
  if (first === undefined) return undefined;
  const { id, tenant, stickyBy, stickyLabel, state, promoted } = experiment;
  const known = { id, tenant, stickyBy, stickyLabel, variants: [first, ...others] as const };
  if (state === ExperimentState.RUNNING) return { ...known, promoted: undefined };
  if (state !== ExperimentState.PROMOTED) return undefined;
  const winner = variants.find(({ name }) => name === promoted);
  return winner && { ...known, promoted: winner };
}

/** Running ones last; before them promoted ones, the latest last. */
const byPrecedence = (a: Experiment, b: Experiment): number =>
  Number(a.state === ExperimentState.RUNNING) - Number(b.state === ExperimentState.RUNNING) ||
  (a.endedAt?.getTime() ?? 0) - (b.endedAt?.getTime() ?? 0);
