import type { Provider } from '@switchyard/contracts/routing';
import type { PoolSurroundings } from '../domain/pool/validate-pool.ts';
import { buildSnapshot } from '../domain/snapshot/build-snapshot.ts';
import { namesOf } from '../domain/snapshot/index-models.ts';
import type { SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';

/** What some providers offer, as a snapshot would have it. */
export function offeredBy(
  providers: readonly Provider[],
  parts: SnapshotParts,
): Omit<PoolSurroundings, 'pools'> {
  const { offerings } = buildSnapshot({ ...parts, providers, pools: [], policies: [] });
  const names = new Set(
    offerings.flatMap((offering) =>
      [...namesOf(offering)].flatMap((name) => [` ${name}`, `${offering.provider.id} ${name}`]),
    ),
  );
  return {
    providers: new Set(providers.map(({ id }) => id)),
    offers: ({ provider, model }) => names.has(`${provider} ${model}`),
    models: offerings.map(({ model }) => model),
  };
}
