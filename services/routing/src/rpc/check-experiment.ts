import { CompleteRequest, type Experiment } from '@switchyard/contracts/routing';
import type { ExperimentRows } from '../adapters/postgres-experiments.ts';
import { isOffered } from '../domain/decide/select-offerings.ts';
import type { ExperimentSurroundings } from '../domain/experiment/validate-experiment.ts';
import { resolveModel } from '../domain/request/resolve-model.ts';
import { suggestModels } from '../domain/request/suggest-models.ts';
import { buildSnapshot } from '../domain/snapshot/build-snapshot.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/**
 * What an experiment's owner sees beside it, from what the transaction that writes it sees: a pool that another replica has just
 * added counts.
 */
export function surroundingsOf(
  { tenant }: Experiment,
  { providers, pools, experiments }: ExperimentRows,
  { snapshots }: { readonly snapshots: SnapshotHolder },
): ExperimentSurroundings {
  const snapshot = buildSnapshot({ ...snapshots.parts, providers, pools, policies: [], experiments: [] });
  return {
    isKnown: (model) => {
      const named = resolveModel(CompleteRequest.fromPartial({ model }), { tenant, snapshot });
      if (!named.ok) return false;
      const { selector } = named;
      // Auto and pools are names by themselves, whoever is behind them now.
      return selector.kind !== 'model' || isOffered({ selector, tenant }, snapshot);
    },
    near: (model) => suggestModels(model, { tenant, snapshot }),
    experiments,
  };
}
