import { isObject, type JsonObject, objectAt } from '../../../src/formats/json.ts';
import type { Prices } from '../../../src/rating/prices.ts';
import { decimalPrice, isEmpty, knownPrices, PER_MILLION, PER_THOUSAND } from '../decimal-price.ts';
import { positive } from '../positive.ts';
import { NO_PRICES, type PriceSheet } from '../source-entry.ts';

/** `cost` of a model: USD per million tokens, image tokens among them; requests are priced by the thousand. */
export function readPrices(cost: JsonObject): PriceSheet {
  return {
    ...NO_PRICES,
    base: readKinds(cost),
    tiers: readTiers(cost),
    units: knownPrices({ outputImageToken: decimalPrice(cost.image, PER_MILLION) }),
  };
}

function readKinds(cost: JsonObject): Prices {
  const at = (...names: string[]) =>
    decimalPrice(cost[names.find((name) => cost[name] !== undefined) ?? ''], PER_MILLION);
  return knownPrices({
    input: at('input'),
    output: at('output'),
    cacheRead: at('cache_read', 'cached_input', 'cache_input'),
    cacheWrite: at('cache_write', 'cached_write'),
    reasoning: at('reasoning'),
    inputAudio: at('input_audio'),
    outputAudio: at('output_audio'),
    request: decimalPrice(cost.request, PER_THOUSAND),
  });
}

/** `tiers`, or the older `context_over_200k`. */
function readTiers(cost: JsonObject): PriceSheet['tiers'] {
  const listed = Array.isArray(cost.tiers) ? cost.tiers.filter(isObject) : [];
  const tiers = listed.map((tier) => ({ above: positive(objectAt(tier, 'tier')?.size), tier }));
  const older = objectAt(cost, 'context_over_200k');
  if (tiers.length === 0 && older !== undefined) tiers.push({ above: 200_000, tier: older });
  return tiers
    .flatMap(({ above, tier }) => {
      const prices = readKinds(tier);
      return above === undefined || isEmpty(prices) ? [] : [{ aboveInputTokens: above, prices }];
    })
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
}
