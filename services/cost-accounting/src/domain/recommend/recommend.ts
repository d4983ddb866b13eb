import type { OfferingPrice } from '@switchyard/contracts/cost';
import { cheaperOffers, type OfferInputs } from './cheaper-offers.ts';
import { idleProbes } from './idle-probes.ts';
import { listedElsewhere } from './listed-prices.ts';
import type { Recommendation } from './recommendation.ts';

/** What recommendations are made from. */
export interface RecommendInputs extends OfferInputs {
  /** The price book. */
  readonly prices: readonly OfferingPrice[];
}

/**
 * What the use of a period could have cost less by, the most first. Of a model that a configured provider would have cost less the price book
 * is told of only where somebody in it is cheaper still.
 */
export function recommend(inputs: RecommendInputs): Recommendation[] {
  const configured = cheaperOffers(inputs);
  const listed = listedElsewhere(inputs.uses, inputs.prices).filter(
    ({ evidence }) => !configured.some((one) => isAsCheap(one, evidence)),
  );
  return [...configured, ...listed, ...idleProbes(inputs.uses)].toSorted(byWhatIsSaved);
}

const isAsCheap = (
  { evidence: at }: Recommendation,
  { provider, model, other_cost_nano_usd = '0' }: Recommendation['evidence'],
): boolean =>
  at.provider === provider &&
  at.model === model &&
  BigInt(at.other_cost_nano_usd ?? 0) <= BigInt(other_cost_nano_usd);

function byWhatIsSaved(a: Recommendation, b: Recommendation): number {
  if (a.savingsNanoUsd !== b.savingsNanoUsd) return a.savingsNanoUsd > b.savingsNanoUsd ? -1 : 1;
  return a.description < b.description ? -1 : 1;
}
