import { CompleteRequest, type Pool, type Provider } from '@switchyard/contracts/routing';
import { isOffered } from '../decide/select-offerings.ts';
import { resolveModel } from '../request/resolve-model.ts';
import { suggestModels } from '../request/suggest-models.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import type { SnapshotParts } from '../snapshot/snapshot-parts.ts';
import type { ExperimentSurroundings } from './validate-experiment.ts';

/** Whose model names, of which providers and pools. */
export interface NamedBy {
  /** '' for the installation. */
  readonly tenant: string;
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
}

/** Which model names an owner's requests may ask for. */
export function modelNames(
  { tenant, providers, pools }: NamedBy,
  parts: SnapshotParts,
): Pick<ExperimentSurroundings, 'isKnown' | 'near'> {
  const snapshot = buildSnapshot({ ...parts, providers, pools, policies: [], experiments: [] });
  return {
    isKnown: (model) => {
      const named = resolveModel(CompleteRequest.fromPartial({ model }), { tenant, snapshot });
      if (!named.ok) return false;
      const { selector } = named;
      // Auto and pools are names by themselves, whoever is behind them now.
      return selector.kind !== 'model' || isOffered({ selector, tenant }, snapshot);
    },
    near: (model) => suggestModels(model, { tenant, snapshot }),
  };
}
