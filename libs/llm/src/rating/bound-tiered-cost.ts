import type { NanoUsd } from '@switchyard/kernel';
import type { TieredPrices } from '../catalog/offering-prices.ts';
import { boundCost, type TokenBounds } from './bound-cost.ts';

/**
 * A cost that usage within the bounds never exceeds at the prices of the tier that its input reaches, in nano-USD: the
 * largest bound of all tiers that can be reached, each with the most input that is charged by it. Not that of the last
 * tier alone: nothing says that a later one is dearer. `undefined` where one of them has no bound.
 */
export function boundTieredCost({
  inputBound,
  outputBound,
  prices,
  tiers,
}: TokenBounds & TieredPrices): NanoUsd | undefined {
  const reachable = tiers.filter(({ aboveInputTokens }) => inputBound > aboveInputTokens);
  let largest: NanoUsd | undefined;
  for (const [i, at] of [prices, ...reachable.map((tier) => tier.prices)].entries()) {
    const mostInput = reachable[i]?.aboveInputTokens ?? inputBound;
    const bound = boundCost({ inputBound: mostInput, outputBound, prices: at });
    if (bound === undefined) return undefined;
    if (largest === undefined || bound > largest) largest = bound;
  }
  return largest;
}
