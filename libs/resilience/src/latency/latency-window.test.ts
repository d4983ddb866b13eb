import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyWindow } from './latency-window.ts';
import type { Observation } from './observation.ts';

const FAST = { latencyMs: 10, totalLatencyMs: 40 };

function observation(part: Partial<Observation>): Observation {
  return {
    successes: 0,
    failures: {},
    trailingFailures: 0,
    latencyBuckets: {},
    totalLatencySumMs: 0,
    ...part,
  };
}

describe('a window of 300 s', () => {
  test('without calls knows nothing, and says so', () => {
    expect(new LatencyWindow().statistics(0)).toEqual({
      calls: 0,
      successes: 0,
      failures: 0,
      successRate: undefined,
      availability: undefined,
      latencyMs: undefined,
      meanTotalLatencyMs: undefined,
      failuresByClass: {},
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      lastSuccessAtMs: undefined,
      lastFailureAtMs: undefined,
    });
  });

  test('gives rate, latencies, classes, runs and last times', () => {
    const window = new LatencyWindow();
    for (let i = 0; i < 98; i += 1) window.recordSuccess(FAST, 1000 * i);
    window.recordSuccess({ latencyMs: 2000, totalLatencyMs: 4000 }, 98_000);
    window.recordFailure('overloaded', 99_500);
    const statistics = window.statistics(99_900);
    expect(statistics).toMatchObject({ calls: 100, successes: 99, failures: 1, successRate: 0.99 });
    expect(statistics).toMatchObject({ consecutiveFailures: 1, consecutiveSuccesses: 0 });
    expect(statistics).toMatchObject({ lastSuccessAtMs: 98_000, lastFailureAtMs: 99_500 });
    expect(statistics.failuresByClass).toEqual({ overloaded: 1 });
    expect(statistics.meanTotalLatencyMs).toBeCloseTo((98 * 40 + 4000) / 99, 6);
    expect(statistics.latencyMs?.p95).toBeCloseTo(10, 0);
    expect(statistics.latencyMs?.p99).toBeGreaterThan(1950);
  });

  test('availability counts seconds, not calls: a burst that fails weighs no more than one call', () => {
    const window = new LatencyWindow();
    window.recordSuccess(FAST, 1_000);
    for (let i = 0; i < 50; i += 1) window.recordFailure('overloaded', 2_000);
    window.recordFailure('overloaded', 3_000);
    window.recordSuccess(FAST, 3_500);
    window.recordSuccess(FAST, 9_000);
    expect(window.statistics(9_900).availability).toBe(0.75);
  });

  test('forgets a second when it is 300 s old', () => {
    const window = new LatencyWindow();
    window.recordSuccess(FAST, 500);
    expect(window.statistics(299_999).calls).toBe(1);
    expect(window.statistics(300_000).calls).toBe(0);
  });

  test('remembers the last times and the run of failures beyond the window', () => {
    const window = new LatencyWindow();
    window.recordSuccess(FAST, 0);
    for (const atMs of [100_000, 500_000, 900_000]) window.recordFailure('timeout', atMs);
    expect(window.statistics(5_000_000)).toMatchObject({
      calls: 0,
      consecutiveFailures: 3,
      lastSuccessAtMs: 0,
      lastFailureAtMs: 900_000,
    });
  });

  test('counts a time that lies before the newest second in the newest', () => {
    const window = new LatencyWindow();
    window.recordFailure('timeout', 600_000);
    window.recordFailure('timeout', 1000);
    expect(window.statistics(600_000)).toMatchObject({ calls: 2, consecutiveFailures: 2 });
  });

  test('leaves out what happened up to the end of the second asked for', () => {
    const window = new LatencyWindow();
    for (const atMs of [1000, 2000, 2900, 3000]) window.recordFailure('timeout', atMs);
    expect(window.statistics(3500, 2100)).toMatchObject({ calls: 1, consecutiveFailures: 4 });
  });
});

describe('merging replicas', () => {
  test('adds counts, classes and histograms', () => {
    const window = new LatencyWindow();
    window.merge(observation({ successes: 2, latencyBuckets: { 133: 2 }, totalLatencySumMs: 80 }), 1000);
    window.merge(observation({ failures: { timeout: 1, reset: 1 }, trailingFailures: 2 }), 2000);
    window.merge(observation({ failures: { timeout: 3 }, trailingFailures: 3 }), 2100);
    expect(window.statistics(2500)).toMatchObject({
      successRate: 2 / 7,
      failuresByClass: { timeout: 4, reset: 1 },
      consecutiveFailures: 5,
      meanTotalLatencyMs: 40,
      lastSuccessAtMs: 1000,
      lastFailureAtMs: 2100,
    });
  });

  test('one replica’s success in the same second ends the other’s run', () => {
    const window = new LatencyWindow();
    window.merge(observation({ failures: { timeout: 5 }, trailingFailures: 5 }), 1000);
    window.merge(observation({ successes: 1, latencyBuckets: { 133: 1 } }), 1200);
    expect(window.statistics(1300).consecutiveFailures).toBe(0);
  });
});

test('counts and runs equal those worked out from the whole history, whatever the gaps', () => {
  const step = fc.record({
    waitMs: fc.oneof(fc.nat(900), fc.nat(4000), fc.nat(30_000)),
    success: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.nat(1e9),
      fc.array(step, { maxLength: 60 }),
      fc.nat(20),
      (startMs, steps, sinceSeconds) => {
        const window = new LatencyWindow(10);
        const history: { second: number; success: boolean }[] = [];
        let nowMs = startMs;
        for (const { waitMs, success } of steps) {
          nowMs += waitMs;
          if (success) window.recordSuccess(FAST, nowMs);
          else window.recordFailure('timeout', nowMs);
          history.push({ second: Math.floor(nowMs / 1000), success });
        }
        const present = Math.floor(nowMs / 1000);
        const sinceMs = nowMs - sinceSeconds * 1000;
        const inside = history.filter(
          ({ second }) => second > present - 10 && second > Math.floor(sinceMs / 1000),
        );
        const statistics = window.statistics(nowMs, sinceMs);
        expect(statistics.calls).toBe(inside.length);
        expect(statistics.successes).toBe(inside.filter(({ success }) => success).length);
        expect(statistics.consecutiveFailures).toBe(
          history.length - 1 - history.findLastIndex(({ success }) => success),
        );
      },
    ),
  );
});

test.each([0, 1.5, 3601, Number.NaN])('refuses a span of %d seconds', (spanSeconds) => {
  expect(() => new LatencyWindow(spanSeconds)).toThrow(RangeError);
});
