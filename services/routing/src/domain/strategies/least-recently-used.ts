import type { Contender } from './contender.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** The one that was called longest ago, one never called first. The score is 1 over the idle time plus 1 ms, 0 for never. */
export const leastRecentlyUsed: OrderingStrategy = {
  name: 'least_recently_used',
  contest: 'groups',
  degraded: 'come-after',
  order: (contenders) => ({ scored: orderByScore(contenders, recency), propensity: 1 }),
  reason: ({ first: { contender }, among }) => {
    const { idleMs } = contender;
    const idle = idleMs === undefined ? 'never called' : `last called ${(idleMs / 1_000).toFixed(1)} s ago`;
    return `the least recently used of ${among}, ${idle}`;
  },
};

const recency = ({ idleMs }: Contender): number => (idleMs === undefined ? 0 : 1 / (1 + Math.max(0, idleMs)));
