import { Strategy } from './gen/switchyard/routing/v1/requirements.ts';

const NAMED: ReadonlyMap<string, Strategy> = new Map(
  Object.entries(Strategy)
    .filter(([, value]) => value > Strategy.UNSPECIFIED)
    .map(([name, value]) => [name.toLowerCase(), value]),
);

/** Names of all strategies as users write them: "priority", "least_loaded", … */
export const STRATEGY_NAMES: readonly string[] = [...NAMED.keys()];

/** The strategy of a name: "least_loaded", "least-loaded", or as in the proto, "STRATEGY_LEAST_LOADED"; undefined for none. */
export const strategyNamed = (name: string): Strategy | undefined =>
  NAMED.get(
    name
      .replace(/^STRATEGY_/, '')
      .replaceAll('-', '_')
      .toLowerCase(),
  );

/** A strategy's name as users write it; undefined for none. */
export const strategyName = (strategy: Strategy): string | undefined =>
  STRATEGY_NAMES.find((name) => NAMED.get(name) === strategy);
