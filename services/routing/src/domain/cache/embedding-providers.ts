import { namesProvider } from '../decide/select-offerings.ts';
import { findPool } from '../pool/pool-index.ts';
import type { AskedFor } from '../request/interpret-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Whose question is to be embedded. */
export interface EmbeddedFor {
  readonly tenant: string;
  readonly snapshot: Snapshot;
  readonly understood: Pick<AskedFor, 'selector' | 'requirements'>;
}

/**
 * Ids of the providers that a question's text may go to for its vector; empty: all, 'none': nobody. Who asks a pool of some members means
 * that only they see the text: so only they embed it, unless the embedding model is named with its provider, or as a pool of its own.
 */
export function embeddingProviders(
  model: string,
  { tenant, snapshot, understood: { selector, requirements } }: EmbeddedFor,
): readonly string[] | 'none' {
  const { allowedProviders } = requirements;
  if (selector.kind !== 'pool' || selector.pool.offerings === 'any') return allowedProviders;
  const isNamed = namesProvider({ selector: { kind: 'model', model }, tenant }, snapshot);
  if (isNamed || findPool(snapshot.pools, { tenant, id: model }) !== undefined) return allowedProviders;
  const members = [...new Set(selector.pool.offerings.map(({ provider }) => provider.id))];
  const allowed =
    allowedProviders.length === 0 ? members : members.filter((id) => allowedProviders.includes(id));
  return allowed.length === 0 ? 'none' : allowed;
}
