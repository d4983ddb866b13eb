import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const take = (seed: bigint) => Array.from({ length: 5 }, seededRandom(seed));
  expect(take(7n)).toEqual(take(7n));
  expect(take(7n)).not.toEqual(take(8n));
});

test('numbers are in [0, 1) and spread evenly: the mean of 10,000 is 0.5 ± 0.02', () => {
  const random = seededRandom(1n);
  const numbers = Array.from({ length: 10_000 }, random);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((a, b) => a + b) / numbers.length).toBeCloseTo(0.5, 1);
});
