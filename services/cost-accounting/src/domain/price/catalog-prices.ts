import { createHash } from 'node:crypto';
import type { OfferingPrice } from '@switchyard/contracts/cost';
import { type Catalog, type Offering, pricesOf, unitPricesOf } from '@switchyard/llm';
import type { CatalogPrices } from '../../ports.ts';

/** The prices of a catalog, and a digest that changes when any of them does. */
export function catalogPrices(catalog: Catalog): CatalogPrices {
  return digested(catalog.providers().flatMap(({ id }) => catalog.offeringsOf(id).map(toOfferingPrice)));
}

/** Prices in the order of the price book, with their digest. */
export function digested(list: readonly OfferingPrice[]): CatalogPrices {
  const prices = list.toSorted((a, b) => compare(a.provider, b.provider) || compare(a.model, b.model));
  const hash = createHash('sha256');
  for (const price of prices) hash.update(`${lineOf(price)}\n`);
  return { digest: hash.digest('hex'), prices };
}

const toOfferingPrice = ({
  provider,
  model,
  prices,
  unitPrices,
  tiers,
  priceSource,
}: Offering): OfferingPrice => ({
  provider,
  model,
  ...pricesOf(prices),
  ...unitPricesOf(unitPrices),
  source: priceSource,
  tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...pricesOf(tier.prices) })),
});

const lineOf = (price: OfferingPrice): string =>
  JSON.stringify(price, (_, value) => (typeof value === 'bigint' ? String(value) : value));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
