import type { Contender } from '../strategies/contender.ts';

/** One model of a provider at those of its endpoints that fit, as one contender. */
export interface EndpointMix<C extends Contender> extends Contender {
  /** In the order of their keys; one where the provider has no endpoints of its own. */
  readonly members: readonly C[];
}

/**
 * Puts the endpoints of each provider and model together. A request that goes to the provider goes to one of them by its share, so
 * the provider contends with what is to be expected of that: the mean latency and success rate by share. Requests under way add
 * up, and it was last called when one of them was. All else they have in common.
 */
export function mixEndpoints<C extends Contender>(fitting: readonly C[]): EndpointMix<C>[] {
  const bySharedKey = Map.groupBy(fitting, ({ sharedKey }) => sharedKey);
  // In the order of their keys, sums of fractions are the same each time.
  return [...bySharedKey.values()].map((same) => mixOf(same.sort((a, b) => (a.key < b.key ? -1 : 1))));
}

/** @param members at least one */
function mixOf<C extends Contender>(members: readonly C[]): EndpointMix<C> {
  const [first] = members as readonly [C];
  const { sharedKey, balancingGroup, preference, tier, priority, weight, recoveredMs } = first;
  const { costNanoUsd, cachedPrefixTokens } = first;
  const common = { sharedKey, balancingGroup, preference, tier, priority, weight, recoveredMs };
  return {
    ...common,
    costNanoUsd,
    cachedPrefixTokens,
    key: sharedKey,
    endpoint: first.endpoint,
    members,
    active: members.reduce((sum, { active }) => sum + active, 0),
    latencyMs: meanByShare(members, ({ latencyMs }) => latencyMs),
    successRate: meanByShare(members, ({ successRate }) => successRate),
    idleMs: members.reduce(leastIdleMs, undefined),
  };
}

/** What share of a mix each member has: by weight, or alike where all weights are 0. Adds up to 1. */
export function sharesOf(members: readonly Pick<Contender, 'endpoint'>[]): number[] {
  const weights = members.map(({ endpoint }) => endpoint?.weight ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 1 / members.length : weight / total));
}

/** The mean over those of which the value is known; undefined where it is of none that has a share. */
function meanByShare<C extends Contender>(
  members: readonly C[],
  measure: (member: C) => number | undefined,
): number | undefined {
  const shares = sharesOf(members);
  let sum = 0;
  let known = 0;
  members.forEach((member, i) => {
    const value = measure(member);
    const share = shares[i] ?? 0;
    if (value === undefined) return;
    sum += share * value;
    known += share;
  });
  return known === 0 ? undefined : sum / known;
}

const leastIdleMs = (least: number | undefined, { idleMs }: Contender): number | undefined =>
  idleMs === undefined ? least : Math.min(idleMs, least ?? idleMs);
