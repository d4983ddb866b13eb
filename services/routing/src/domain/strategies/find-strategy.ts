import { Strategy } from '@switchyard/contracts/routing';
import { cost } from './cost.ts';
import { priority } from './priority.ts';
import type { OrderingStrategy } from './strategy.ts';

const STRATEGIES: ReadonlyMap<Strategy, OrderingStrategy> = new Map([
  [Strategy.PRIORITY, priority],
  [Strategy.COST, cost],
]);

/** The strategy of a kind; undefined for one that does not exist. */
export const findStrategy = (kind: Strategy): OrderingStrategy | undefined => STRATEGIES.get(kind);
