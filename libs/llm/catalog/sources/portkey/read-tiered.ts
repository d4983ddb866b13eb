import { type JsonObject, objectAt } from '../../../src/formats/json.ts';
import { isEmpty } from '../decimal-price.ts';
import type { PriceSheet } from '../source-entry.ts';
import { kindsOf } from './rates.ts';

/** One execution mode: plain, or by context with the thresholds of `context_tier_map` (tokens → name of the tier). */
export function readTiered(
  mode: JsonObject | undefined,
  custom: JsonObject,
): Pick<PriceSheet, 'base' | 'tiers'> {
  const plain = ratesOf(mode);
  const contexts = objectAt(mode ?? {}, 'context_tiers');
  if (contexts === undefined) return { base: plain, tiers: [] };
  const steps = Object.entries(objectAt(custom, 'context_tier_map') ?? {})
    .map(([above, name]) => ({
      aboveInputTokens: Number(above),
      prices: ratesOf(objectAt(contexts, String(name))),
    }))
    .filter(({ prices }) => !isEmpty(prices))
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  const base = steps.find(({ aboveInputTokens }) => aboveInputTokens === 0)?.prices ?? plain;
  return { base, tiers: steps.filter(({ aboveInputTokens }) => aboveInputTokens > 0) };
}

const ratesOf = (holder: JsonObject | undefined) =>
  kindsOf(objectAt(objectAt(holder ?? {}, 'pricing_config') ?? {}, 'pay_as_you_go') ?? {});
