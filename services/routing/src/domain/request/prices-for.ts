import { type Prices, pricesAt } from '@switchyard/llm';
import type { Offering } from '../snapshot/offering.ts';

/** Prices at an offering of a request with so many input tokens, cached ones included; undefined where nothing is known. */
export const pricesFor = (
  { prices, tiers }: Pick<Offering, 'prices' | 'tiers'>,
  inputTokens: number,
): Prices | undefined => (prices === undefined ? undefined : pricesAt({ prices, tiers }, inputTokens));
