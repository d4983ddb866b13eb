import type { GetPriceBookResponse, OfferingPrice } from '@switchyard/contracts/cost';
import { CHARGED_UNITS, pricesOf, unitPricesOf } from '@switchyard/llm';
import type { BookedPrices, PriceBook } from '../domain/snapshot/build-snapshot.ts';
import { priceKey } from '../domain/snapshot/provider-offers.ts';

/** The price book that cost-accounting, or the kept snapshot, says. */
export const priceBookOf = ({ version, prices }: GetPriceBookResponse): PriceBook => ({
  version,
  prices: new Map(prices.map((price) => [priceKey(price.provider, price.model), bookedPricesOf(price)])),
});

const bookedPricesOf = (price: OfferingPrice): BookedPrices => ({
  prices: pricesOf(price),
  tiers: price.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, prices: pricesOf(tier) })),
  unitPrices: CHARGED_UNITS.some((unit) => price[unit] !== undefined) ? unitPricesOf(price) : undefined,
});

/** The message of a price book, as far as decisions need it. */
export function priceBookMessage({ version, prices: byKey }: PriceBook): GetPriceBookResponse {
  const prices = [...byKey].map(([key, { prices: base, tiers, unitPrices = {} }]) => {
    const slash = key.indexOf('/');
    return {
      provider: key.slice(0, slash),
      model: key.slice(slash + 1),
      ...pricesOf(base),
      ...unitPricesOf(unitPrices),
      source: '',
      tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...pricesOf(tier.prices) })),
    };
  });
  return { version, prices };
}
