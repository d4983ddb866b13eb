import { expectedOutputWanted } from '../request/cost-estimate.ts';
import type { Needs } from '../request/needs.ts';
import type { ProviderGroup } from '../snapshot/offering-index.ts';
import { LEAST_NUMBERS, type PriceBucket } from '../snapshot/price-bucket.ts';
import type { CheapestFew } from './cheapest-few.ts';
import type { Evaluation } from './evaluate.ts';
import { asksForStated, meetsStated } from './stated-constraints.ts';

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
  const { priceBuckets, overview, provider } = providerGroup;
  const { capabilities, least, leastOfRest } = overview;
  const most = Number(needs.maxCostNanoUsd ?? Number.POSITIVE_INFINITY);
  // The index knows listed prices; the tenant may pay less.
  const share = evaluation.leastShareOf(provider);
  for (let place = 0; place < capabilities.length; place++) {
    if ((needs.capabilities & ~(capabilities[place] as number)) !== 0) continue;
    const ceiling = Math.min(few.ceiling, most);
    if (leastCost(leastOfRest, place, { needs, share }) > ceiling) return;
    if (leastCost(least, place, { needs, share }) > ceiling) continue;
    const priceBucket = priceBuckets[place] as PriceBucket;
    if (mayFit(priceBucket, { needs, share })) scanPriceBucket(priceBucket, { few, most, share, evaluation });
  }
}

/** false only where no offering of a price bucket with the needed capabilities can fit. */
function mayFit({ maxContext, price, stated }: PriceBucket, { needs, share }: Charged): boolean {
  if (needs.estimatedContextTokens + (needs.maxOutputTokens ?? 0) > maxContext) return false;
  if (asksForStated(needs) && !stated.some((one) => meetsStated(one, needs))) return false;
  const isLimited = needs.maxCostNanoUsd !== undefined || needs.maxPricePerMillionNanoUsd !== undefined;
  return price !== 'unknown' || !isLimited || share === 0;
}

interface ScanOptions extends Pick<Charged, 'share'> {
  readonly few: CheapestFew;
  /** What the request may cost, in nano-USD. */
  readonly most: number;
  readonly evaluation: Evaluation;
}

/** What is asked for, and what of the listed prices is charged for it at least: {@link Evaluation.leastShareOf}. */
interface Charged {
  readonly needs: Needs;
  readonly share: number;
}

function scanPriceBucket(
  { offerings, price, least }: PriceBucket,
  { few, most, share, evaluation }: ScanOptions,
): void {
  const { needs } = evaluation;
  for (let place = 0; place < offerings.length; place++) {
    if (price === 'known' && leastCost(least, place, { needs, share }) > Math.min(few.ceiling, most)) return;
    const offering = offerings[place] as (typeof offerings)[number];
    const costNanoUsd = evaluation.costOf(offering);
    if (few.admits(costNanoUsd, offering.key)) {
      const candidate = evaluation.candidate(offering, costNanoUsd);
      if (evaluation.fits(candidate)) few.add(candidate);
    } else if (price !== 'known' && share > 0) return;
  }
}

/** No offering whose least numbers stand at this place costs less, in nano-USD. */
function leastCost(least: Float64Array, place: number, { needs, share }: Charged): number {
  if (share === 0) return 0;
  const at = place * 3;
  const limit = least[at + LEAST_NUMBERS.outputTokens] as number;
  const outputTokens = Math.min(expectedOutputWanted(needs), limit);
  const input = needs.estimatedInputTokens * (least[at + LEAST_NUMBERS.input] as number);
  const output = outputTokens * (least[at + LEAST_NUMBERS.output] as number);
  return ((input + output) / MILLION) * share - ROUNDING_NANO_USD;
}
