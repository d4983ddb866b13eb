import { ErrorClassCounts } from './error-class-counts.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { Run, SecondTally } from './second-tally.ts';

/** How a target did over a span of time. */
export interface WindowStatistics extends Run {
  /** Calls with an outcome: `successes + failures`. */
  readonly calls: number;
  readonly successes: number;
  readonly failures: number;
  /** `successes / calls`, 0–1; undefined without calls. */
  readonly successRate: number | undefined;
  /** Share of the seconds with calls in which at least one succeeded, 0–1; undefined without calls. */
  readonly availability: number | undefined;
  /** Time to the first token of successful calls, ms, within `LATENCY_RELATIVE_ERROR`; undefined without successes. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | undefined;
  /** Mean time to the end of the answer of successful calls, ms; undefined without successes. */
  readonly meanTotalLatencyMs: number | undefined;
  readonly failuresByClass: { readonly [errorClass: string]: number };
  /**
   * Failures in a row up to now, also from before the span. Where replicas saw both outcomes in the same second it
   * is the number that is certain, so it may lag behind by that second.
   */
  readonly consecutiveFailures: number;
  /** Successes in a row, counted in seconds without a failure; also from before the span. */
  readonly consecutiveSuccesses: number;
  /** When the last success was counted, monotonic ms, also from before the span; undefined when there was none. */
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
}

/** What a window knows that doesn't depend on the span asked for. */
export interface Standing extends Run {
  readonly lastSuccessAtMs: number | undefined;
  readonly lastFailureAtMs: number | undefined;
}

/** Sums up seconds, in any order. */
export function summarize(seconds: Iterable<SecondTally>, standing: Standing): WindowStatistics {
  const latency = new LatencyHistogram();
  const failuresByClass = new ErrorClassCounts();
  let successes = 0;
  let failures = 0;
  let usedSeconds = 0;
  let goodSeconds = 0;
  let totalLatencySumMs = 0;
  for (const second of seconds) {
    successes += second.successes;
    failures += second.failures;
    if (second.successes > 0) goodSeconds += 1;
    if (second.successes > 0 || second.failures > 0) usedSeconds += 1;
    totalLatencySumMs += second.totalLatencySumMs;
    latency.mergeSparse(second.latency);
    for (const [errorClass, count] of Object.entries(second.failuresByClass)) {
      failuresByClass.add(errorClass, count);
    }
  }
  const calls = successes + failures;
  return {
    calls,
    successes,
    failures,
    successRate: calls === 0 ? undefined : successes / calls,
    availability: usedSeconds === 0 ? undefined : goodSeconds / usedSeconds,
    latencyMs: quantiles(latency),
    meanTotalLatencyMs: successes === 0 ? undefined : totalLatencySumMs / successes,
    failuresByClass: failuresByClass.toRecord(),
    ...standing,
  };
}

function quantiles(latency: LatencyHistogram): WindowStatistics['latencyMs'] {
  const p50 = latency.quantileMs(0.5);
  const p95 = latency.quantileMs(0.95);
  const p99 = latency.quantileMs(0.99);
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
