import { buildSnapshot } from '../domain/snapshot/build-snapshot.ts';
import {
  type OfferSource,
  offersOf,
  type ProviderOffers,
  providerKey,
} from '../domain/snapshot/provider-offers.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import type { SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';

/**
 * Builds snapshots one after the other, and makes the offers of a provider anew only where it has changed: a change of one
 * tenant's would else make those of all tenants, while requests wait. Keeps the offers of the last snapshot, no others.
 */
export class KnownOffers {
  #known: ReadonlyMap<string, ProviderOffers> = new Map();
  #source: OfferSource | undefined;

  /** Throws where no snapshot can be built of the parts; then what was known stays known. */
  build(parts: SnapshotParts): Snapshot {
    const known = this.#source !== undefined && isSame(this.#source, parts) ? this.#known : NONE;
    const used = new Map<string, ProviderOffers>();
    const snapshot = buildSnapshot(parts, (provider, source) => {
      const { tenant, id, etag } = provider;
      // Without a tag nothing tells one state of a provider from another.
      if (etag === '') return offersOf(provider, source);
      const state = `${providerKey(tenant, id)} ${etag}`;
      const offers = known.get(state) ?? offersOf(provider, source);
      if (offers !== undefined) used.set(state, offers);
      return offers;
    });
    const { catalog, priceBook, defaultLimits } = parts;
    this.#known = used;
    this.#source = { catalog, priceBook, defaultLimits };
    return snapshot;
  }
}

const NONE: ReadonlyMap<string, ProviderOffers> = new Map();

const isSame = (a: OfferSource, b: OfferSource): boolean =>
  a.catalog === b.catalog &&
  a.priceBook.version === b.priceBook.version &&
  a.defaultLimits === b.defaultLimits;
