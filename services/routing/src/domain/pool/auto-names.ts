import { Strategy } from '@switchyard/contracts/routing';

/** The model name that stands for whatever fits. */
export const AUTO = 'auto';

/** What each of the names that stand for whatever fits asks for; undefined: no strategy of its own. */
const STRATEGIES: ReadonlyMap<string, Strategy | undefined> = new Map([
  [AUTO, undefined],
  [`${AUTO}:cheapest`, Strategy.COST],
  [`${AUTO}:fastest`, Strategy.LATENCY],
  [`${AUTO}:best`, Strategy.COMPOSITE],
]);

/** Every name that stands for whatever fits. */
export const AUTO_NAMES: readonly string[] = [...STRATEGIES.keys()];

/** Whether a model name stands for whatever fits. */
export const isAutoName = (name: string): boolean => STRATEGIES.has(name);

/** The strategy that such a name asks for; undefined for `auto` alone, and for every other name. */
export const strategyOfAutoName = (name: string): Strategy | undefined => STRATEGIES.get(name);
