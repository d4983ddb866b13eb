import type { PriceTier } from '../../src/catalog/offering-prices.ts';
import type { Prices } from '../../src/rating/prices.ts';
import { isEmpty } from '../sources/decimal-price.ts';
import { isWithinReason } from './quarantine.ts';

/** Audio tokens cost up to 20 times as much as those of text. */
const DEAREST_AUDIO = 100n;

/**
 * Whether a model is free: only where the provider itself says so, which OpenRouter does in the model's id, and OpenAI of its
 * moderations (https://platform.openai.com/docs/guides/moderation).
 */
export function isFree(provider: string, model: string): boolean {
  if (provider === 'openai') return /^(?:omni|text)-moderation-/.test(model);
  return provider === 'openrouter' && model.endsWith(':free');
}

/** Prices that mean something, within reason. */
export function cleanPrices(stated: Prices, offer: 'free' | 'paid'): Prices {
  const meant = Object.entries(meantPrices(stated, offer));
  return Object.fromEntries(
    meant.filter(([kind, price]) => price !== undefined && isWithinReason(kind, price)),
  );
}

/**
 * Prices that mean something. A price of 0 from a provider that is paid means that the source does not know it, or that a
 * subscription pays for it.
 */
export function meantPrices(stated: Prices, offer: 'free' | 'paid'): Prices {
  const kept = Object.entries(stated).filter(
    ([, price]) => price !== undefined && (price > 0n || offer === 'free'),
  );
  const prices: { -readonly [Kind in keyof Prices]: bigint } = Object.fromEntries(kept);
  // Reasoning without a price of its own is charged as output: the same price twice says nothing more.
  if (prices.reasoning === prices.output) delete prices.reasoning;
  // Sound by the second or the file, written where tokens are meant.
  const { inputAudio } = prices;
  if (inputAudio !== undefined && inputAudio > (prices.input ?? inputAudio) * DEAREST_AUDIO)
    delete prices.inputAudio;
  // A write that is cheaper than plain input is another unit's price (Gemini's storage by the hour).
  const { input, cacheWrite, cacheWrite1h } = prices;
  if (input !== undefined && cacheWrite !== undefined && cacheWrite < input) delete prices.cacheWrite;
  if (input !== undefined && cacheWrite1h !== undefined && cacheWrite1h < input) delete prices.cacheWrite1h;
  return prices;
}

/** Tiers that a request can reach, with prices that mean something. */
export function cleanTiers(
  tiers: readonly PriceTier[],
  { contextTokens = Number.POSITIVE_INFINITY }: { readonly contextTokens: number | undefined },
): PriceTier[] {
  return tiers
    .filter(({ aboveInputTokens }) => aboveInputTokens < contextTokens)
    .map(({ aboveInputTokens, prices }) => ({ aboveInputTokens, prices: cleanPrices(prices, 'paid') }))
    .filter(({ prices }) => !isEmpty(prices));
}
