import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gcra } from './gcra.ts';

test('a full bucket gives its burst at once, then one unit each 1 / rate', () => {
  const bucket = new Gcra({ perMs: 0.01, burst: 3 });
  for (let i = 0; i < 3; i++) {
    expect(bucket.waitMs(1, 1_000)).toBe(0);
    bucket.take(1, 1_000);
  }
  expect(bucket.waitMs(1, 1_000)).toBe(100);
  expect(bucket.waitMs(1, 1_100)).toBe(0);
  expect(bucket.used(1_000)).toBe(3);
});

test('a full bucket gives all that it holds at any time', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 1_000 }),
      (nowMs, burst) => {
        expect(new Gcra({ perMs: 1 / 7_000, burst }).waitMs(burst, nowMs)).toBe(0);
      },
    ),
  );
});

test('what is given back can be taken again, and what asks for more than the burst waits for a full bucket', () => {
  const bucket = new Gcra({ perMs: 1, burst: 10 });
  bucket.take(10, 0);
  bucket.take(-4, 0);
  expect(bucket.waitMs(4, 0)).toBe(0);
  expect(bucket.waitMs(1_000, 0)).toBe(6);
});

test('in no time does it give more than burst + rate · t', () => {
  const calls = fc.array(fc.record({ pauseMs: fc.nat(500), units: fc.integer({ min: 1, max: 5 }) }), {
    minLength: 1,
    maxLength: 100,
  });
  fc.assert(
    fc.property(calls, (asked) => {
      const [perMs, burst] = [0.02, 7];
      const bucket = new Gcra({ perMs, burst });
      const taken: { atMs: number; units: number }[] = [];
      let nowMs = 0;
      for (const { pauseMs, units } of asked) {
        nowMs += pauseMs;
        if (bucket.waitMs(units, nowMs) > 0) continue;
        bucket.take(units, nowMs);
        taken.push({ atMs: nowMs, units });
      }
      for (const [i, { atMs: fromMs }] of taken.entries()) {
        let sum = 0;
        for (const { atMs, units } of taken.slice(i)) {
          sum += units;
          expect(sum).toBeLessThanOrEqual(burst + perMs * (atMs - fromMs) + 1e-6);
        }
      }
    }),
  );
});
