import type {
  PriceTier,
  RegionalPrices,
  ServiceTierPrices,
  UnitPrices,
} from '../../src/catalog/offering-prices.ts';
import { SERVICE_TIERS, UNIT_KINDS } from '../../src/catalog/offering-prices.ts';
import type { Prices } from '../../src/rating/prices.ts';
import { agreeOnBase, differingKinds, isEmpty } from '../sources/decimal-price.ts';
import type { SourceEntry } from '../sources/source-entry.ts';
import { cleanPrices, cleanTiers } from './clean-prices.ts';
import { correctPrices } from './correct-prices.ts';
import { EXTRA_PRICE_RANK, ranked } from './source-rank.ts';

/** What prices of other conditions hang on: the served base prices, and the longest input. */
export interface Served {
  readonly prices: Prices;
  readonly contextTokens: number | undefined;
}

/** Prices of long inputs: those of the first that has any and agrees on the base. */
export function mergeTiers(entries: readonly SourceEntry[], { prices, contextTokens }: Served): PriceTier[] {
  for (const entry of entries) {
    if (!agreeOnBase(cleanPrices(entry.prices.base, 'paid'), prices)) continue;
    const tiers = cleanTiers(entry.prices.tiers, { contextTokens });
    if (tiers.length > 0)
      return tiers.map((tier) => ({ ...tier, prices: correctPrices(entry.provider, tier.prices) }));
  }
  return [];
}

/** Batch, flex and priority: a discount belongs to the price that it was taken off. */
export function mergeServiceTiers(
  entries: readonly SourceEntry[],
  { prices, contextTokens }: Served,
): ServiceTierPrices {
  const agreeing = ranked(entries, EXTRA_PRICE_RANK).filter((entry) =>
    agreeOnBase(cleanPrices(entry.prices.base, 'paid'), prices),
  );
  const found = SERVICE_TIERS.flatMap((name) => {
    const sheet = agreeing.find((entry) => entry.prices.serviceTiers[name] !== undefined)?.prices;
    const tier = sheet?.serviceTiers[name];
    const base = cleanPrices(tier?.base ?? {}, 'paid');
    if (tier === undefined || isEmpty(base)) return [];
    return [[name, { prices: base, tiers: cleanTiers(tier.tiers, { contextTokens }) }]];
  });
  return Object.fromEntries(found);
}

/** Prices of other units, each by the best source that states it. */
export function mergeUnits(entries: readonly SourceEntry[]): UnitPrices {
  const units = ranked(entries, EXTRA_PRICE_RANK).map(({ prices }) => prices.units);
  const found = UNIT_KINDS.flatMap((kind) => {
    const price = units.find((each) => (each[kind] ?? 0n) > 0n)?.[kind];
    return price === undefined ? [] : [[kind, price]];
  });
  return Object.fromEntries(found);
}

/** Prices of regions, where they differ from the base ones. */
export function mergeRegional(entries: readonly SourceEntry[], base: Prices): RegionalPrices[] {
  const byRegion = new Map<string, Prices>();
  for (const { prices } of entries)
    for (const { region, prices: stated } of prices.regional) {
      const cleaned = cleanPrices(stated, 'paid');
      if (!byRegion.has(region) && !isEmpty(cleaned)) byRegion.set(region, cleaned);
    }
  return [...byRegion]
    .filter(([, prices]) => differingKinds(prices, base).some((kind) => prices[kind] !== undefined))
    .map(([region, prices]) => ({ region, prices }))
    .sort((a, b) => (a.region < b.region ? -1 : 1));
}
