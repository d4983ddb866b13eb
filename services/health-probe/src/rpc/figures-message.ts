import type { ModelHealth } from '@switchyard/contracts/health';
import type { WindowStatistics } from '@switchyard/resilience';
import type { Instant } from '../domain/judge-provider.ts';

/** The figures of a window, as messages hold them of a provider and of each model. */
export function figuresMessage(seen: WindowStatistics) {
  return {
    requests: BigInt(seen.calls),
    failures: BigInt(seen.failures),
    failuresByClass: Object.fromEntries(
      Object.entries(seen.failuresByClass).map(([errorClass, count]) => [errorClass, BigInt(count)]),
    ),
    consecutiveFailures: seen.consecutiveFailures,
    successRate: seen.successRate,
    availability: seen.availability,
    latencyP50Ms: seen.latencyMs?.p50,
    latencyP95Ms: seen.latencyMs?.p95,
    latencyP99Ms: seen.latencyMs?.p99,
    averageLatencyMs: seen.meanTotalLatencyMs,
  };
}

/** How one model does. */
export function modelMessage(
  { model, seen }: { readonly model: string; readonly seen: WindowStatistics },
  { wallMs, monotonicMs }: Instant,
): ModelHealth {
  const toDate = (atMs: number | undefined) =>
    atMs === undefined ? undefined : new Date(wallMs - (monotonicMs - atMs));
  return {
    model,
    ...figuresMessage(seen),
    lastSuccessAt: toDate(seen.lastSuccessAtMs),
    lastFailureAt: toDate(seen.lastFailureAtMs),
  };
}
