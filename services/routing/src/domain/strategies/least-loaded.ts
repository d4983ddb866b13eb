import { betterOfTwo } from './better-of-two.ts';
import type { Contender } from './contender.ts';
import { effectiveWeight, weightShare } from './effective-weight.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** The fewest requests under way for its weight, this one included; the better of two drawn at random. */
export const leastLoaded: OrderingStrategy = {
  name: 'least_loaded',
  contest: 'groups',
  degraded: 'get-less',
  order: (contenders, { random }) => {
    const isAnyWeighty = contenders.some(({ weight }) => weight > 0);
    const weightOf = isAnyWeighty ? effectiveWeight : weightShare;
    return betterOfTwo(
      orderByScore(contenders, (one) => loadOf(one, weightOf(one))),
      random,
    );
  },
  reason: ({ first: { contender }, among }) =>
    `the less loaded of two drawn from ${among}, with ${contender.active} requests under way`,
};

/** undefined for a weight of 0, which takes nothing while others can. */
const loadOf = ({ active }: Contender, weight: number): number | undefined =>
  weight === 0 ? undefined : (active + 1) / weight;
