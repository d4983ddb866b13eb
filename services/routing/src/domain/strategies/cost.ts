import { formatUsd } from '@switchyard/kernel';
import type { OrderingStrategy } from './strategy.ts';

/** The cheapest for this request, by expected cost. */
export const cost: OrderingStrategy = {
  name: 'cost',
  score: ({ estimatedCost }) => (estimatedCost === undefined ? undefined : Number(estimatedCost)),
  reason: ({ estimatedCost }, fitting) => {
    if (fitting === 1) return 'the only candidate that fits';
    if (estimatedCost === undefined) return `one of ${fitting} candidates that fit, none with a known price`;
    return `cheapest of ${fitting} candidates that fit, about $${formatUsd(estimatedCost)}`;
  },
};
