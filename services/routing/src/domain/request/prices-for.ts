import { type ChargedPrices, pricesAt } from '@switchyard/llm';
import type { Offering } from '../snapshot/offering.ts';

/** What an offering is charged by; units of which no price is known may be left out. */
export type PricedOffering = Pick<Offering, 'prices' | 'tiers'> & Partial<Pick<Offering, 'unitPrices'>>;

/** Prices at an offering of a request with so many input tokens, cached ones included; undefined where nothing is known. */
export function pricesFor(
  { prices, tiers, unitPrices }: PricedOffering,
  inputTokens: number,
): ChargedPrices | undefined {
  if (prices === undefined) return undefined;
  const at = pricesAt({ prices, tiers }, inputTokens);
  // Other units cost the same in every tier.
  return unitPrices === undefined ? at : { ...at, ...unitPrices };
}
