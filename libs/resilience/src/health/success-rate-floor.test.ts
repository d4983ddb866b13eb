import { expect, test } from 'vitest';
import { inPanic } from './panic-threshold.ts';
import { successRateFloor } from './success-rate-floor.ts';

const peers = (...rates: number[]) =>
  rates.map((rate) => ({ calls: 1000, successes: Math.round(rate * 1000) }));

test('the floor is the mean minus 1.9 standard deviations', () => {
  // Mean 0.9; deviations 0.05, 0.05, 0.05, 0.05, 0.2; variance 0.01; σ 0.1.
  expect(successRateFloor(peers(0.95, 0.95, 0.95, 0.95, 0.7))).toBeCloseTo(0.9 - 1.9 * 0.1, 12);
});

test('there is none with fewer than 5 peers of at least 100 calls', () => {
  expect(successRateFloor(peers(1, 1, 1, 0.2))).toBeUndefined();
  expect(successRateFloor([...peers(1, 1, 1, 0.2), { calls: 99, successes: 0 }])).toBeUndefined();
  expect(successRateFloor([...peers(1, 1, 1, 0.2), { calls: 100, successes: 100 }])).toBeDefined();
});

test.each([
  [0, 0, false],
  [0, 1, true],
  [1, 2, false],
  [1, 3, true],
  [2, 4, false],
  [3, 7, true],
])('with %i of %i available, panic is %s', (available, total, panic) => {
  expect(inPanic({ available, total })).toBe(panic);
});
