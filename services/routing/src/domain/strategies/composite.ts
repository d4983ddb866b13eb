import type { Contender } from './contender.ts';
import { failureShare } from './health.ts';
import { medianLatencyMs } from './median-latency.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/** Share of calls that a state stands for where the success rate says less, by tier: healthy, degraded, unhealthy, unavailable. */
const TIER_FAILURE_SHARE = [0, 0.25, 0.75, 1] as const;

const ALIKE = { priority: 1, health: 1, cost: 1, latency: 1 };

/** A weighted sum of priority, health, cost and latency, each scaled to 0 (best of all) to 1 (worst of all). */
export const composite: OrderingStrategy = {
  name: 'composite',
  contest: 'groups',
  degraded: 'get-less',
  order: (contenders, { compositeWeights = ALIKE }) => {
    const { priority, health, cost, latency } = compositeWeights;
    const assumedMs = medianLatencyMs(contenders) ?? 0;
    const dearest = Math.max(0, ...contenders.map(({ costNanoUsd = 0 }) => costNanoUsd));
    const parts = [
      { weight: priority, scaled: scale(contenders, (one) => one.priority) },
      { weight: health, scaled: scale(contenders, failureOf) },
      { weight: cost, scaled: scale(contenders, ({ costNanoUsd = dearest }) => costNanoUsd) },
      { weight: latency, scaled: scale(contenders, ({ latencyMs = assumedMs }) => latencyMs) },
    ];
    const total = priority + health + cost + latency;
    const scored = orderByScore(contenders, (one) => {
      let score = 0;
      for (const { weight, scaled } of parts) score += weight * scaled(one);
      return score / total;
    });
    return { scored, propensity: 1 };
  },
  reason: ({ first: { score }, among }) =>
    `best sum of priority, health, cost and latency (${score?.toFixed(3)}, 0 is best) of ${among}`,
};

const failureOf = (contender: Contender): number =>
  Math.max(TIER_FAILURE_SHARE[contender.tier] ?? 1, failureShare(contender));

/** 0 for the smallest, 1 for the largest; 0 for all where they are equal. */
function scale(
  contenders: readonly Contender[],
  measure: (contender: Contender) => number,
): (contender: Contender) => number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const contender of contenders) {
    const value = measure(contender);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const span = most - least;
  return (contender) => (span === 0 ? 0 : (measure(contender) - least) / span);
}
