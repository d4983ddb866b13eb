import { Strategy } from '@switchyard/contracts/routing';
import { composite } from './composite.ts';
import { cost } from './cost.ts';
import { health } from './health.ts';
import { latency } from './latency.ts';
import { leastLoaded } from './least-loaded.ts';
import { leastRecentlyUsed } from './least-recently-used.ts';
import { priority } from './priority.ts';
import type { OrderingStrategy } from './strategy.ts';
import { weighted } from './weighted.ts';

const STRATEGIES: ReadonlyMap<Strategy, OrderingStrategy> = new Map([
  [Strategy.PRIORITY, priority],
  [Strategy.COST, cost],
  [Strategy.WEIGHTED, weighted],
  [Strategy.LEAST_LOADED, leastLoaded],
  [Strategy.LATENCY, latency],
  [Strategy.HEALTH, health],
  [Strategy.LEAST_RECENTLY_USED, leastRecentlyUsed],
  [Strategy.COMPOSITE, composite],
]);

/** The strategy of a kind; undefined for one that does not exist. */
export const findStrategy = (kind: Strategy): OrderingStrategy | undefined => STRATEGIES.get(kind);
