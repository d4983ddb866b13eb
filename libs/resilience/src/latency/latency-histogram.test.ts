import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';
import { bucketOf, LATENCY_RELATIVE_ERROR, LATENCY_SCALE, latencyOfBucket } from './latency-scale.ts';

const latency = fc.oneof(
  fc.double({ min: LATENCY_SCALE.minMs, max: LATENCY_SCALE.maxMs, noNaN: true }),
  fc.double({ min: 1, max: 3000, noNaN: true }),
);
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function nearestRank(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
}

describe('a quantile', () => {
  test('is within 2 % of the exact one, for values from 0.1 ms to 1000 s', () => {
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99, 1), (values, q) => {
        const exact = nearestRank(values, q);
        const estimate = histogramOf(values).quantileMs(q) as number;
        // A hair more than 2 %: values at a bucket's edge are rounded by the logarithm.
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual((LATENCY_RELATIVE_ERROR + 1e-9) * exact);
      }),
      { numRuns: 500 },
    );
  });

  test('is undefined when nothing was counted', () => {
    expect(new LatencyHistogram().quantileMs(0.5)).toBeUndefined();
  });

  test('of values outside the scale is the scale’s end', () => {
    for (const [value, endMs] of [
      [0, 0.1],
      [-5, 0.1],
      [1e9, 1e6],
      [Number.POSITIVE_INFINITY, 1e6],
    ] as const) {
      const estimate = histogramOf([value]).quantileMs(0.5) as number;
      expect(Math.abs(estimate - endMs) / endMs).toBeLessThanOrEqual(0.05);
    }
  });
});

test('refuses NaN', () => {
  expect(() => new LatencyHistogram().record(Number.NaN)).toThrow(RangeError);
});

test('merged histograms equal the histogram of all values, in both forms of merging', () => {
  fc.assert(
    fc.property(latencies, latencies, (a, b) => {
      const all = histogramOf([...a, ...b]);
      const sent = histogramOf(a);
      sent.mergeBuckets(histogramOf(b).toBuckets());
      const kept = histogramOf(a);
      kept.mergeSparse(histogramOf(b).toSparse());
      expect(sent.toBuckets()).toEqual(all.toBuckets());
      expect(kept.toBuckets()).toEqual(all.toBuckets());
      expect([sent.count, kept.count]).toEqual([all.count, all.count]);
    }),
  );
});

test('cleared, it is as new', () => {
  const histogram = histogramOf([1, 10, 100]);
  histogram.clear();
  expect([histogram.count, histogram.toBuckets(), histogram.quantileMs(1)]).toEqual([0, {}, undefined]);
});

test('the scale is fixed: bucket numbers travel between replicas of different versions', () => {
  expect(LATENCY_SCALE).toEqual({ minMs: 0.1, maxMs: 1_000_000, buckets: 404 });
  expect([0.1, 1, 20, 1000, 60_000, 1e6].map(bucketOf)).toEqual([0, 58, 133, 231, 333, 403]);
  expect(latencyOfBucket(231)).toBeCloseTo(1010.7, 0);
});
