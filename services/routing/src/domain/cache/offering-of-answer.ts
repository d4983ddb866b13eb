import { ProviderMode, type RouteSummary } from '@switchyard/contracts/routing';
import type { AskedFor } from '../request/interpret-request.ts';
import type { Offering } from '../snapshot/offering.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Who asks for what. */
export interface AnswerScope {
  readonly tenant: string;
  readonly snapshot: Pick<Snapshot, 'byModel'>;
  readonly understood: Pick<AskedFor, 'selector'>;
}

/**
 * Who made an answer, if the asking tenant could be served by it now; undefined where not: an answer of a provider that was removed,
 * disabled or taken out of the pool is not given again. What request, pool and policies require is part of the question's key.
 */
export function offeringOfAnswer(
  route: Pick<RouteSummary, 'provider' | 'model'> | undefined,
  { tenant, snapshot, understood: { selector } }: AnswerScope,
): Offering | undefined {
  if (route === undefined) return undefined;
  const isPoolOfMembers = selector.kind === 'pool' && selector.pool.offerings !== 'any';
  const among = isPoolOfMembers ? selector.pool.offerings : snapshot.byModel.get(route.model);
  return (among as readonly Offering[] | undefined)?.find(
    ({ provider, model }) =>
      provider.id === route.provider &&
      model === route.model &&
      (provider.tenant === '' || provider.tenant === tenant) &&
      provider.mode !== ProviderMode.DISABLED,
  );
}
