import type { OrderingStrategy } from './strategy.ts';

/** The operator's order: lowest priority number first. */
export const priority: OrderingStrategy = {
  name: 'priority',
  score: ({ offering }) => offering.priority,
  reason: ({ offering }, fitting) =>
    fitting === 1
      ? 'the only candidate that fits'
      : `first by priority (${offering.priority}) of ${fitting} candidates that fit`,
};
