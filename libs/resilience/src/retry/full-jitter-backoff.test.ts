import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullJitterDelayMs } from './full-jitter-backoff.ts';

const almostOne = () => 1 - Number.EPSILON / 2;

test.each([
  [0, 200],
  [1, 400],
  [2, 800],
  [5, 6400],
  [6, 10_000],
  [2000, 10_000],
])('retry %i waits less than %i ms with the defaults', (retry, boundMs) => {
  expect(fullJitterDelayMs({ retry, random: almostOne })).toBeCloseTo(boundMs, 6);
  expect(fullJitterDelayMs({ retry, random: () => 0 })).toBe(0);
});

test('is the random share of min(cap, base × 2^n), for any base, cap, n', () => {
  const parameters = fc.record({ retry: fc.nat(3000), baseMs: fc.nat(5000), capMs: fc.nat(60_000) });
  fc.assert(
    fc.property(parameters, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (p, share) => {
      const boundMs = Math.min(p.capMs, p.baseMs * 2 ** Math.min(p.retry, 900));
      expect(fullJitterDelayMs({ ...p, random: () => share })).toBe(share * boundMs);
    }),
  );
});

test('10,000 delays are spread evenly over the interval', () => {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator: the same on every run
    return seed / 2 ** 32;
  };
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) {
    const tenth = Math.floor(fullJitterDelayMs({ retry: 0, random, baseMs: 1000 }) / 100);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150); // 5 σ
});

test.each([-1, 1.5, Number.NaN])('refuses %d as the number of a retry', (retry) => {
  expect(() => fullJitterDelayMs({ retry, random: () => 0 })).toThrow(RangeError);
});
