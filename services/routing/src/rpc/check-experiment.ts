import type { Experiment } from '@switchyard/contracts/routing';
import type { ExperimentRows } from '../adapters/postgres-experiments.ts';
import { modelNames } from '../domain/experiment/model-names.ts';
import type { ExperimentSurroundings } from '../domain/experiment/validate-experiment.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/**
 * What an experiment's owner sees beside it, from what the transaction that writes it sees: a pool that another replica has just
 * added counts.
 */
export const surroundingsOf = (
  { tenant }: Experiment,
  { providers, pools, experiments }: ExperimentRows,
  { snapshots }: { readonly snapshots: SnapshotHolder },
): ExperimentSurroundings => ({
  ...modelNames({ tenant, providers, pools }, snapshots.parts),
  experiments,
});
