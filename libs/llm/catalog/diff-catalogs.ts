import type { Catalog } from '../src/catalog/catalog.ts';
import type { Offering } from '../src/catalog/offering.ts';
import { PRICE_KINDS, type Prices } from '../src/rating/prices.ts';

/** A served price that changes. */
export interface PriceChange {
  readonly provider: string;
  readonly model: string;
  readonly kind: keyof Prices;
  /** Nano-USD per million; `undefined` is unknown. */
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
}

/** How two catalogs differ. Names are `provider/model`. */
export interface CatalogDiff {
  readonly addedProviders: readonly string[];
  readonly removedProviders: readonly string[];
  /** `provider: old → new`. */
  readonly changedBaseUrls: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly priceChanges: readonly PriceChange[];
  /** Offerings of which something else changes: limits, capabilities, prices of long inputs, of service tiers, regions, … */
  readonly otherChanges: readonly string[];
}

/** Compares two catalogs. */
export function diffCatalogs(before: Catalog, after: Catalog): CatalogDiff {
  const common = [...after.offerings()].flatMap((now) => {
    const then = before.findOffering(now.provider, now.model);
    return then === undefined ? [] : [{ then, now }];
  });
  return {
    ...diffProviders(before, after),
    added: absentFrom(before, after.offerings()),
    removed: absentFrom(after, before.offerings()),
    priceChanges: common.flatMap(({ then, now }) => changedPrices(then, now)),
    otherChanges: common
      .filter(({ then, now }) => factsOf(then) !== factsOf(now))
      .map(({ now }) => nameOf(now)),
  };
}

const nameOf = ({ provider, model }: Offering): string => `${provider}/${model}`;

const absentFrom = (catalog: Catalog, offerings: Iterable<Offering>): string[] =>
  [...offerings]
    .filter(({ provider, model }) => catalog.findOffering(provider, model) === undefined)
    .map(nameOf);

function diffProviders(before: Catalog, after: Catalog) {
  const idsOf = (catalog: Catalog) => new Set(catalog.providers().map(({ id }) => id));
  const [then, now] = [idsOf(before), idsOf(after)];
  return {
    addedProviders: [...now].filter((id) => !then.has(id)),
    removedProviders: [...then].filter((id) => !now.has(id)),
    changedBaseUrls: [...now].flatMap((id) => {
      const [old, fresh] = [before.provider(id), after.provider(id)?.baseUrl];
      return old === undefined || old.baseUrl === fresh ? [] : [`${id}: ${old.baseUrl} → ${fresh}`];
    }),
  };
}

function changedPrices(then: Offering, now: Offering): PriceChange[] {
  const { provider, model } = now;
  return PRICE_KINDS.filter((kind) => then.prices[kind] !== now.prices[kind]).map((kind) => ({
    provider,
    model,
    kind,
    before: then.prices[kind],
    after: now.prices[kind],
  }));
}

/** Everything that is not a base price, as one text. */
const factsOf = (offering: Offering): string =>
  JSON.stringify(
    [
      offering.mode,
      offering.contextTokens,
      offering.maxOutputTokens,
      offering.capabilities,
      offering.traits,
      offering.tiers,
      offering.serviceTiers,
      offering.unitPrices,
      offering.regionalPrices,
      offering.regions,
      offering.aliasOf,
      offering.deprecated,
      offering.unlisted,
    ],
    (_, value) => (typeof value === 'bigint' ? String(value) : value),
  );
