import type { Contender } from './contender.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** Success rate that is assumed where no call has been made: after known good ones, before known bad ones. */
const ASSUMED_SUCCESS_RATE = 0.95;

/** Share of calls that are expected to fail, 0 to 1. */
export const failureShare = ({ successRate }: Pick<Contender, 'successRate'>): number =>
  1 - (successRate ?? ASSUMED_SUCCESS_RATE);

/** The provider that works best: by state, then by success rate. */
export const health: OrderingStrategy = {
  name: 'health',
  contest: 'groups',
  degraded: 'come-after',
  order: (contenders) => ({ scored: orderByScore(contenders, failureShare), propensity: 1 }),
  reason: ({ first: { contender }, among }) => {
    const { successRate } = contender;
    const rate = successRate === undefined ? 'not called yet' : `${(successRate * 100).toFixed(1)} % succeed`;
    return `the healthiest of ${among}, ${rate}`;
  },
};
