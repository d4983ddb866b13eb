import type { WindowStatistics } from '../latency/window-statistics.ts';
import type { Health, HealthState } from './health.ts';
import type { HealthEvidence } from './health-evidence.ts';
import type { HealthThresholds } from './health-thresholds.ts';

/** A state without the time it was entered at. */
export type Judgement = Omit<Health, 'sinceMs'>;

/** No evidence outranks an operator: maintenance comes last. */
const SEVERITY: { readonly [state in HealthState]: number } = {
  not_tested: 0,
  healthy: 0,
  degraded: 1,
  unhealthy: 2,
  unavailable: 3,
  maintenance: 4,
};

/** The worst state that the evidence asks for, when that is worse than the present one. */
export function worse({
  health,
  evidence,
  thresholds,
}: {
  health: Health;
  evidence: HealthEvidence;
  thresholds: HealthThresholds;
}): Judgement | undefined {
  const judgements = [
    byRun(health, evidence.whole, thresholds),
    ...[evidence.recent, evidence.whole].map((statistics) => byRate(statistics, evidence, thresholds)),
  ];
  let worst: Judgement | undefined;
  for (const judgement of judgements) {
    if (judgement !== undefined && SEVERITY[judgement.state] > SEVERITY[(worst ?? health).state]) {
      worst = judgement;
    }
  }
  return worst;
}

function byRun(
  { sinceMs }: Health,
  { consecutiveFailures, lastFailureAtMs }: WindowStatistics,
  { unavailableFailures }: HealthThresholds,
): Judgement | undefined {
  if (consecutiveFailures < unavailableFailures) return undefined;
  // A run that ended before the state began (before maintenance, say) has been answered already.
  if (lastFailureAtMs === undefined || lastFailureAtMs <= sinceMs) return undefined;
  return {
    state: 'unavailable',
    reason: { code: 'consecutive_failures', failures: consecutiveFailures, limit: unavailableFailures },
  };
}

function byRate(
  { calls, successRate, latencyMs }: WindowStatistics,
  { successRateFloor }: HealthEvidence,
  thresholds: HealthThresholds,
): Judgement | undefined {
  if (calls < thresholds.minimumCalls || successRate === undefined) return undefined;
  if (successRate < thresholds.unhealthyBelow) {
    const limit = thresholds.unhealthyBelow;
    return { state: 'unhealthy', reason: { code: 'low_success_rate', successRate, limit } };
  }
  if (successRate < thresholds.degradedBelow) {
    const limit = thresholds.degradedBelow;
    return { state: 'degraded', reason: { code: 'low_success_rate', successRate, limit } };
  }
  // Among peers that hardly ever fail the floor is close to 1; what is good enough to be healthy is no outlier.
  const limit = Math.min(successRateFloor ?? 0, thresholds.healthyFrom);
  if (successRate < limit) {
    return { state: 'degraded', reason: { code: 'success_rate_outlier', successRate, limit } };
  }
  const limitMs = thresholds.degradedP95Ms;
  if (limitMs !== undefined && latencyMs !== undefined && latencyMs.p95 > limitMs) {
    return { state: 'degraded', reason: { code: 'high_latency', p95Ms: latencyMs.p95, limitMs } };
  }
  return undefined;
}
