import { describe, expect, test } from 'vitest';
import { nextProbeAt, type ProbeSubject } from './probe-schedule.ts';

const NEVER = Number.NEGATIVE_INFINITY;
const intervals = { idleIntervalMs: 30_000, suspiciousIntervalMs: 2_000 };
const subject = (more: Partial<ProbeSubject>): ProbeSubject => ({
  ...{ state: 'healthy', stateSinceMs: 0, consecutiveFailures: 0, consecutiveSuccesses: 0, jitter: 0.5 },
  recentSuccessRate: undefined,
  ...{ lastSuccessAtMs: NEVER, lastObservedAtMs: NEVER, lastProbeAtMs: NEVER },
  ...more,
});

describe('a healthy provider', () => {
  test('H2: is left alone while live traffic proves it', () => {
    const live = subject({ lastSuccessAtMs: 99_000, lastObservedAtMs: 99_000, lastProbeAtMs: 1_000 });
    expect(nextProbeAt(live, intervals, 100_000)).toBe(129_000);
  });

  test('is probed every 30 s while idle', () => {
    const idle = subject({ lastProbeAtMs: 60_000, lastSuccessAtMs: 60_500 });
    expect(nextProbeAt(idle, intervals, 70_000)).toBe(90_500);
  });

  test('is probed 2 s after a failure', () => {
    const failed = subject({ consecutiveFailures: 1, lastObservedAtMs: 70_000, lastProbeAtMs: 60_000 });
    expect(nextProbeAt(failed, intervals, 70_000)).toBe(72_000);
  });
});

test('a provider that was never tested is probed within a second', () => {
  for (const jitter of [0, 0.3, 0.99]) {
    const at = nextProbeAt(subject({ state: 'not_tested', stateSinceMs: 5_000, jitter }), intervals, 5_000);
    expect(at).toBeGreaterThanOrEqual(5_000);
    expect(at).toBeLessThanOrEqual(6_000);
  }
});

test('a provider whose first probe came to nothing is not asked again at once', () => {
  const refused = subject({ state: 'not_tested', lastProbeAtMs: 5_000 });
  expect(nextProbeAt(refused, intervals, 6_000)).toBe(35_000);
});

describe.each(['degraded', 'unhealthy', 'unavailable'] as const)('a provider that is %s', (state) => {
  test('is probed 2 s after the last that was seen of it', () => {
    const down = subject({ state, stateSinceMs: 60_000, lastObservedAtMs: 69_000, lastProbeAtMs: 68_000 });
    expect(nextProbeAt(down, intervals, 70_000)).toBe(71_000);
  });

  test('is probed less often after 5 minutes, until it gives a sign of life', () => {
    const down = subject({ state, stateSinceMs: 0, lastObservedAtMs: 400_000, lastProbeAtMs: 400_000 });
    expect(nextProbeAt(down, intervals, 400_000)).toBe(430_000);
    expect(nextProbeAt({ ...down, consecutiveSuccesses: 1 }, intervals, 400_000)).toBe(402_000);
  });
});

test('a provider in maintenance is probed like an idle one', () => {
  const maintained = subject({ state: 'maintenance', lastProbeAtMs: 10_000, consecutiveFailures: 9 });
  expect(nextProbeAt(maintained, intervals, 20_000)).toBe(40_000);
});

test('intervals are spread by ±20 %', () => {
  const at = (jitter: number) => Math.round(nextProbeAt(subject({ lastProbeAtMs: 0, jitter }), intervals, 0));
  expect([at(0), at(0.5), at(1)]).toEqual([24_000, 30_000, 36_000]);
});

test('a healthy one most of whose few calls failed is probed soon, though the last one succeeded', () => {
  const seen = subject({ lastObservedAtMs: 1_000, lastSuccessAtMs: 1_000 });
  const later = 5_000;
  expect(nextProbeAt({ ...seen, recentSuccessRate: 1 }, intervals, later)).toBe(
    1_000 + intervals.idleIntervalMs,
  );
  expect(nextProbeAt({ ...seen, recentSuccessRate: 0.3 }, intervals, later)).toBe(
    1_000 + intervals.suspiciousIntervalMs,
  );
});
