import { expectedOutputWanted } from '../request/cost-estimate.ts';
import { expectedNanoUsd } from '../request/expected-cost.ts';
import type { Needs } from '../request/needs.ts';
import type { ProviderGroup } from '../snapshot/offering-index.ts';
import { LEAST_NUMBERS, type PriceBucket } from '../snapshot/price-bucket.ts';
import type { CheapestFew } from './cheapest-few.ts';
import type { Evaluation } from './evaluate.ts';
import { meetsStated } from './stated-constraints.ts';

/** Each of three parts of a cost is rounded, by at most half a nano-USD; a lower bound must not be above. */
const ROUNDING_NANO_USD = 2;
const MILLION = 1_000_000;

/** Adds those of a provider group's offerings that fit, as far as they are among the cheapest few. */
export function scanProviderGroup(
  providerGroup: ProviderGroup,
  few: CheapestFew,
  evaluation: Evaluation,
): void {
  const { needs } = evaluation;
  const { priceBuckets } = providerGroup;
  if (leastCost(providerGroup, 0, needs) > few.ceiling) return;
  for (const priceBucket of priceBuckets)
    if (mayFit(priceBucket, needs)) scanPriceBucket(priceBucket, few, evaluation);
}

/** false only where no offering of the price bucket can fit. */
function mayFit(priceBucket: PriceBucket, needs: Needs): boolean {
  const { capabilities, maxContext, price } = priceBucket;
  if ((needs.capabilities & ~capabilities) !== 0) return false;
  if (needs.estimatedContextTokens + (needs.maxOutputTokens ?? 0) > maxContext) return false;
  if (!priceBucket.stated.some((stated) => meetsStated(stated, needs))) return false;
  const isLimited = needs.maxCostNanoUsd !== undefined || needs.maxPricePerMillionNanoUsd !== undefined;
  return price !== 'unknown' || !isLimited;
}

function scanPriceBucket(priceBucket: PriceBucket, few: CheapestFew, evaluation: Evaluation): void {
  const { needs } = evaluation;
  const { offerings, price } = priceBucket;
  const most = needs.maxCostNanoUsd === undefined ? Number.POSITIVE_INFINITY : Number(needs.maxCostNanoUsd);
  for (let place = 0; place < offerings.length; place++) {
    if (price === 'known' && leastCost(priceBucket, place, needs) > Math.min(few.ceiling, most)) return;
    const offering = offerings[place] as (typeof offerings)[number];
    const costNanoUsd = expectedNanoUsd(needs, offering);
    if (few.admits(costNanoUsd, offering.key)) {
      const candidate = evaluation.candidate(offering, costNanoUsd);
      if (evaluation.fits(candidate)) few.add(candidate);
    } else if (price !== 'known') return;
  }
}

/** No offering at this place of a price bucket or after it, or of a provider group at its only place, costs less, in nano-USD. */
function leastCost({ least }: Pick<PriceBucket, 'least'>, place: number, needs: Needs): number {
  const at = place * 3;
  const limit = least[at + LEAST_NUMBERS.outputTokens] as number;
  const outputTokens = Math.min(expectedOutputWanted(needs), limit);
  const input = needs.estimatedInputTokens * (least[at + LEAST_NUMBERS.input] as number);
  const output = outputTokens * (least[at + LEAST_NUMBERS.output] as number);
  return (input + output) / MILLION - ROUNDING_NANO_USD;
}
