import type { Prices } from '../../src/rating/prices.ts';

/**
 * Anthropic: writing costs 1.25 times the input for five minutes, 2 times for an hour; no source knows both for every
 * model. https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 */
export function correctPrices(provider: string, prices: Prices): Prices {
  const { input, cacheWrite } = prices;
  if (provider !== 'anthropic' || input === undefined) return prices;
  return { ...prices, cacheWrite: cacheWrite ?? (input * 5n) / 4n, cacheWrite1h: input * 2n };
}
