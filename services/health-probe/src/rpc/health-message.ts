import { HealthState as HealthStateMessage, type ProviderHealth } from '@switchyard/contracts/health';
import type { Clock } from '@switchyard/kernel';
import type { HealthState } from '@switchyard/resilience';
import type { HealthRecord } from '../domain/health-record.ts';
import { observedActivity } from '../domain/observed-activity.ts';
import type { ObservedProviders } from '../runtime/observed-providers.ts';

const STATES: Readonly<Record<HealthState, HealthStateMessage>> = {
  not_tested: HealthStateMessage.UNSPECIFIED,
  healthy: HealthStateMessage.HEALTHY,
  degraded: HealthStateMessage.DEGRADED,
  unhealthy: HealthStateMessage.UNHEALTHY,
  unavailable: HealthStateMessage.UNAVAILABLE,
  maintenance: HealthStateMessage.MAINTENANCE,
};

/** What figures come from. */
export interface Figures {
  readonly observed: ObservedProviders;
  readonly clock: Clock;
}

/** A provider's health as callers see it: its state as stored, its figures as this replica has observed them. */
export function healthMessage(record: HealthRecord, { observed, clock }: Figures): ProviderHealth {
  const now = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  const windows = observed.windowsOf(record);
  const seen = windows.whole.statistics(now.monotonicMs);
  const activity = { ...record, ...observedActivity(windows, now) };
  return {
    provider: record.provider,
    tenant: record.tenant,
    state: STATES[record.state],
    reason: record.reason,
    since: new Date(record.sinceMs),
    requests: BigInt(seen.calls),
    failures: BigInt(seen.failures),
    failuresByClass: Object.fromEntries(
      Object.entries(seen.failuresByClass).map(([errorClass, count]) => [errorClass, BigInt(count)]),
    ),
    consecutiveFailures: seen.consecutiveFailures,
    latencyP50Ms: seen.latencyMs?.p50,
    latencyP95Ms: seen.latencyMs?.p95,
    latencyP99Ms: seen.latencyMs?.p99,
    averageLatencyMs: seen.meanTotalLatencyMs,
    lastSuccessAt: dateOf(activity.lastSuccessAtMs),
    lastFailureAt: dateOf(activity.lastFailureAtMs),
    lastProbeAt: dateOf(record.lastProbeAtMs),
  };
}

const dateOf = (wallMs: number | undefined): Date | undefined =>
  wallMs === undefined ? undefined : new Date(wallMs);
