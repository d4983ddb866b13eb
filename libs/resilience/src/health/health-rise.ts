import type { WindowStatistics } from '../latency/window-statistics.ts';
import type { Health } from './health.ts';
import type { HealthEvidence } from './health-evidence.ts';
import type { Judgement } from './health-fall.ts';
import type { HealthThresholds } from './health-thresholds.ts';

type Case = { health: Health; evidence: HealthEvidence; thresholds: HealthThresholds; nowMs: number };

/** The state one step better, when the evidence since the present state proves it. */
export function better({ health, evidence, thresholds, nowMs }: Case): Judgement | undefined {
  switch (health.state) {
    case 'not_tested': {
      const { lastSuccessAtMs } = evidence.whole;
      const tested = lastSuccessAtMs !== undefined && lastSuccessAtMs >= health.sinceMs;
      return tested ? { state: 'healthy', reason: { code: 'first_success' } } : undefined;
    }
    case 'unavailable': {
      const successes = evidence.whole.consecutiveSuccesses;
      return successes >= thresholds.recoverySuccesses
        ? { state: 'degraded', reason: { code: 'recovering', successes } }
        : undefined;
    }
    case 'unhealthy':
      return proven('degraded', { health, evidence, thresholds, nowMs });
    case 'degraded':
      return proven('healthy', { health, evidence, thresholds, nowMs });
    case 'healthy':
    case 'maintenance':
      return undefined;
    default:
      return health.state satisfies never;
  }
}

function proven(state: 'healthy' | 'degraded', c: Case): Judgement | undefined {
  if (c.nowMs - c.health.sinceMs < c.thresholds.minimumDwellMs) return undefined;
  // Either span may prove it: the short one after a change, the long one where calls are rare.
  const proof = [c.evidence.recent, c.evidence.whole].find((statistics) => proves(state, statistics, c));
  return proof === undefined ? undefined : { state, reason: { code: 'proven', successes: proof.successes } };
}

function proves(state: 'healthy' | 'degraded', statistics: WindowStatistics, c: Case): boolean {
  const { provenSuccesses, healthyFrom, degradedFrom, degradedP95Ms, latencyRecoveryShare } = c.thresholds;
  const { successes, successRate, latencyMs } = statistics;
  if (successes < provenSuccesses || successRate === undefined) return false;
  if (state === 'degraded') return successRate >= degradedFrom;
  if (successRate < healthyFrom) return false;
  if (degradedP95Ms === undefined || latencyMs === undefined) return true;
  return latencyMs.p95 <= degradedP95Ms * latencyRecoveryShare;
}
