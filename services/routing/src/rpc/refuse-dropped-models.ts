import type { Pool, Provider } from '@switchyard/contracts/routing';
import { poolsNaming } from '../domain/pool/pools-naming.ts';
import type { SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';
import { modelsInUse } from '../errors.ts';
import { offeredBy } from './pool-surroundings.ts';

/** A provider as it is and as it is to be. */
export interface ProviderChange {
  readonly before: Provider;
  readonly after: Provider;
}

/** @throws PROVIDER_IN_USE where a pool names a model of the provider that it would no longer offer */
export function refuseDroppedModels(
  { before, after }: ProviderChange,
  pools: readonly Pool[],
  parts: SnapshotParts,
): void {
  const { id } = after;
  const named = poolsNaming(pools, after).flatMap((pool) =>
    pool.members
      .filter(({ provider, model }) => provider === id && model !== '')
      .map(({ model }) => ({ pool, model })),
  );
  if (named.length === 0) return;
  const offered = offeredBy([before], parts);
  const offers = offeredBy([after], parts);
  const missing = named.filter(
    ({ model }) => offered.offers({ provider: id, model }) && !offers.offers({ provider: id, model }),
  );
  if (missing.length > 0) throw modelsInUse(id, missing);
}
