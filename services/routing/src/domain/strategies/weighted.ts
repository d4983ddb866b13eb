import type { Contender } from './contender.ts';
import { effectiveWeight } from './effective-weight.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy, Scored } from './strategy.ts';

/**
 * At random by weight, without replacement: the first with its share, the next with its share of what is left, and so on.
 * Draws need no memory, so shares hold over replicas that know nothing of each other. The score is 1 over the weight.
 *
 * Source: Efraimidis, Spirakis, "Weighted random sampling with a reservoir", 2006; here as exponential clocks.
 */
export const weighted: OrderingStrategy = {
  name: 'weighted',
  contest: 'groups',
  degraded: 'get-less',
  order: (contenders, { random }) => {
    const byWeight = orderByScore(contenders, scoreOf);
    const total = byWeight.reduce((sum, { contender }) => sum + effectiveWeight(contender), 0);
    const rung = byWeight.map((one) => ({ one, at: ringOf(one, { total, random: random() }) }));
    const scored = rung.sort((a, b) => a.at - b.at).map(({ one }) => one);
    const [first] = scored;
    if (total === 0 || first === undefined) return { scored, propensity: 1 / scored.length };
    return { scored, propensity: effectiveWeight(first.contender) / total };
  },
  reason: ({ first: { contender }, among }) =>
    `drawn by weight (${effectiveWeight(contender)}) from ${among}`,
};

const scoreOf = (contender: Contender): number | undefined => {
  const weight = effectiveWeight(contender);
  return weight === 0 ? undefined : 1 / weight;
};

/** When a clock of this weight rings; weights of 0 never, unless there are no others. */
function ringOf(
  { contender }: Scored,
  { total, random }: { readonly total: number; readonly random: number },
): number {
  const weight = total === 0 ? 1 : effectiveWeight(contender);
  return weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random) / weight;
}
