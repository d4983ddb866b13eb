import type { GetPriceBookResponse, OfferingPrice } from '@switchyard/contracts/cost';
import { pricesOf, type TieredPrices } from '@switchyard/llm';
import type { PriceBook } from '../domain/snapshot/build-snapshot.ts';
import { priceKey } from '../domain/snapshot/provider-offers.ts';

/** The price book that cost-accounting, or the kept snapshot, says. */
export const priceBookOf = ({ version, prices }: GetPriceBookResponse): PriceBook => ({
  version,
  prices: new Map(prices.map((price) => [priceKey(price.provider, price.model), tieredPricesOf(price)])),
});

const tieredPricesOf = (price: OfferingPrice): TieredPrices => ({
  prices: pricesOf(price),
  tiers: price.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, prices: pricesOf(tier) })),
});

/** The message of a price book, as far as decisions need it. */
export function priceBookMessage({ version, prices: byKey }: PriceBook): GetPriceBookResponse {
  const prices = [...byKey].map(([key, { prices: base, tiers }]) => {
    const slash = key.indexOf('/');
    return {
      provider: key.slice(0, slash),
      model: key.slice(slash + 1),
      ...pricesOf(base),
      source: '',
      tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...pricesOf(tier.prices) })),
    };
  });
  return { version, prices };
}
