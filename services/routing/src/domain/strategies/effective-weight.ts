import type { Contender } from './contender.ts';

/** What a degraded provider's weight counts. */
const DEGRADED_SHARE = 0.25;

/** How long a provider that has left unhealthy is spared, in milliseconds. */
export const SLOW_START_MS = 30_000;

/** What its weight counts at first. Source: Envoy's slow start, min_weight_percent. */
const SLOW_START_SHARE = 0.1;

/** How much of its weight counts now, above 0 and at most 1: less while degraded and after a recovery. */
export function weightShare({ tier, recoveredMs }: Pick<Contender, 'tier' | 'recoveredMs'>): number {
  const ramp = recoveredMs === undefined ? 1 : Math.min(1, recoveredMs / SLOW_START_MS);
  return (tier === 0 ? 1 : DEGRADED_SHARE) * Math.max(SLOW_START_SHARE, ramp);
}

/** Its weight as it counts now. */
export const effectiveWeight = (contender: Contender): number => contender.weight * weightShare(contender);
