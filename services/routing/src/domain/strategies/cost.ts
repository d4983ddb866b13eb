import { formatUsd } from '@switchyard/kernel';
import type { Contender } from './contender.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** The cheapest for this request, by expected cost; unknown cost last. */
export const cost: OrderingStrategy = {
  name: 'cost',
  contest: 'by-cost',
  degraded: 'come-after',
  order: (contenders) => ({ scored: orderByScore(contenders, (one) => one.costNanoUsd), propensity: 1 }),
  reason: ({ first: { score, contender }, among }) =>
    score === undefined
      ? `one of ${among}, none with a known price`
      : `cheapest of ${among}, about $${formatUsd(BigInt(score))}${cachedPart(contender)}`,
};

const cachedPart = ({ cachedPrefixTokens }: Contender): string =>
  cachedPrefixTokens === undefined ? '' : ` with a cached prefix of about ${cachedPrefixTokens} tokens`;
