import { type CompositeWeights, Strategy } from '@switchyard/contracts/routing';

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
  if (!weights.every((weight) => Number.isFinite(weight) && weight >= 0)) return 'must each be at least 0';
  return weights.some((weight) => weight > 0) ? undefined : 'must not all be 0';
}
