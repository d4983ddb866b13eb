import type { Random } from '@switchyard/kernel';
import type { Contender } from './contender.ts';
import type { Order, Scored } from './strategy.ts';

/**
 * Puts the better of two that are drawn at random first; the others follow by score. Replicas that see the same scores do
 * not all run to the same target by that. The worst of several never comes first, and one without a score only where none
 * has one.
 *
 * Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.
 *
 * The propensity is exact: of the n·(n − 1)/2 pairs of those with a score, n − 1 − i have the one of rank i (from 0) as their better half.
 *
 * @param scored best first, those without a score last; at least one
 */
export function betterOfTwo<C extends Contender>(scored: readonly Scored<C>[], random: Random): Order<C> {
  const firstUnknown = scored.findIndex(({ score }) => score === undefined);
  const count = firstUnknown < 1 ? scored.length : firstUnknown;
  if (count < 2) return { scored, propensity: 1 };
  // The second draw is from one rank less: the lesser of both is distributed as that of two different ranks.
  const rank = Math.min(Math.floor(random() * count), Math.floor(random() * (count - 1)));
  const chosen = scored[rank] as Scored<C>;
  return {
    scored: rank === 0 ? scored : [chosen, ...scored.slice(0, rank), ...scored.slice(rank + 1)],
    propensity: (2 * (count - 1 - rank)) / (count * (count - 1)),
  };
}
