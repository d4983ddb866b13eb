import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** The operator's order: lowest priority number first. */
export const priority: OrderingStrategy = {
  name: 'priority',
  contest: 'by-priority',
  degraded: 'come-after',
  order: (contenders) => ({ scored: orderByScore(contenders, (one) => one.priority), propensity: 1 }),
  reason: ({ first, among }) => `first by priority (${first.contender.priority}) of ${among}`,
};
