import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decayedLatencyMs, PeakEwma } from './peak-ewma.ts';

const after = (...measured: readonly (readonly [latencyMs: number, nowMs: number])[]) => {
  const average = new PeakEwma({ decayMs: 10_000 });
  for (const [latencyMs, nowMs] of measured) average.observe(latencyMs, nowMs);
  return average.valueMs;
};

test('nothing is known before the first latency', () => {
  expect(new PeakEwma().valueMs).toBeUndefined();
});

test('a rise is followed at once', () => {
  expect(after([100, 0], [900, 1])).toBe(900);
});

test('a fall is followed by time: after τ it is 1/e of the way that is left', () => {
  expect(after([1_000, 0], [0, 10_000])).toBeCloseTo(1_000 / Math.E, 9);
  expect(after([1_000, 0], [0, 5_000], [0, 10_000])).toBeCloseTo(1_000 / Math.E, 9);
});

test('many fast answers at one instant do not outvote a slow one', () => {
  expect(after([1_000, 0], ...Array.from({ length: 1_000 }, () => [1, 0] as const))).toBe(1_000);
});

test('a clock that is behind counts as no time, and what is no latency as nothing', () => {
  expect(after([1_000, 5_000], [0, 4_000])).toBe(1_000);
  expect(after([50, 0], [Number.NaN, 1], [-1, 2], [Number.POSITIVE_INFINITY, 3])).toBe(50);
  expect(() => new PeakEwma({ decayMs: 0 })).toThrow(RangeError);
});

test('it stays between the smallest and the largest latency', () => {
  const measured = fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(100_000)), {
    minLength: 1,
  });
  fc.assert(
    fc.property(measured, (all) => {
      const value = after(...all) as number;
      const latencies = all.map(([latencyMs]) => latencyMs);
      expect(value).toBeGreaterThanOrEqual(Math.min(...latencies) * (1 - 1e-12));
      expect(value).toBeLessThanOrEqual(Math.max(...latencies) * (1 + 1e-12));
    }),
  );
});

test('a latency counts less the longer nobody was called', () => {
  expect(decayedLatencyMs(1_000, 0)).toBe(1_000);
  expect(decayedLatencyMs(1_000, 10_000)).toBeCloseTo(1_000 / Math.E, 9);
});
