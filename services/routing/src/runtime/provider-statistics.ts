import type { OfferingRuntime } from './offering-runtime.ts';

/** How a provider did at this replica in the last 300 seconds. */
export interface ProviderStatistics {
  readonly calls: number;
  readonly failures: number;
  /** Mean time to the end of the answer, in milliseconds; undefined without successes. */
  readonly meanTotalMs: number | undefined;
  /** Monotonic; undefined where there was none. */
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
  readonly consecutiveFailures: number;
  /** Calls under way. */
  readonly active: number;
}

/** Sums up the offerings of one provider. */
export function providerStatistics(runtimes: readonly OfferingRuntime[], nowMs: number): ProviderStatistics {
  let calls = 0;
  let failures = 0;
  let active = 0;
  let consecutiveFailures = 0;
  let successes = 0;
  let totalMs = 0;
  let lastSuccessAtMs: number | undefined;
  let lastFailureAtMs: number | undefined;
  for (const runtime of runtimes) {
    const statistics = runtime.window.statistics(nowMs);
    calls += statistics.calls;
    failures += statistics.failures;
    successes += statistics.successes;
    totalMs += (statistics.meanTotalLatencyMs ?? 0) * statistics.successes;
    active += runtime.active;
    consecutiveFailures = Math.max(consecutiveFailures, statistics.consecutiveFailures);
    lastSuccessAtMs = later(lastSuccessAtMs, statistics.lastSuccessAtMs);
    lastFailureAtMs = later(lastFailureAtMs, statistics.lastFailureAtMs);
  }
  const meanTotalMs = successes === 0 ? undefined : totalMs / successes;
  return { calls, failures, meanTotalMs, lastSuccessAtMs, lastFailureAtMs, consecutiveFailures, active };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
