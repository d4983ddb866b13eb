import type { Prices } from '../rating/prices.ts';
import type { TieredPrices } from './offering-prices.ts';

/**
 * Prices of a request with so many input tokens, cached ones included: providers charge the whole request by the tier
 * that its input reaches. A price that a tier does not state is unknown in it.
 */
export function pricesAt({ prices, tiers }: TieredPrices, inputTokens: number): Prices {
  return tiers.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)?.prices ?? prices;
}
