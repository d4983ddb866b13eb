import { type CompositeWeights, Strategy } from '@switchyard/contracts/routing';

const MAX_WEIGHT = 1_000_000;

/** What is wrong with composite weights beside a strategy, for whoever configures them; undefined: nothing. */
export function compositeWeightsProblem({
  strategy,
  compositeWeights,
}: {
  readonly strategy: Strategy;
  readonly compositeWeights: CompositeWeights | undefined;
}): string | undefined {
  if (compositeWeights === undefined) return undefined;
  if (strategy !== Strategy.UNSPECIFIED && strategy !== Strategy.COMPOSITE)
    return 'belong to STRATEGY_COMPOSITE; leave them out, or take that strategy';
  const { priority, health, cost, latency } = compositeWeights;
  const weights = [priority, health, cost, latency];
  // Sums of what is larger than that by far would be infinite, and scores no numbers.
  if (!weights.every((weight) => weight >= 0 && weight <= MAX_WEIGHT))
    return `must each be from 0 to ${MAX_WEIGHT}`;
  return weights.some((weight) => weight > 0) ? undefined : 'must not all be 0';
}
