import { expect, test } from 'vitest';
import { drawSeed, seededRandom } from './random.ts';

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

test('it is SplitMix64: the published outputs for seed 1234567', () => {
  // Source: https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64
  const published = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n, 4593380528125082431n];
  const numbers = Array.from({ length: 4 }, seededRandom(1234567n));
  expect(numbers).toEqual(published.map((output) => Number(output >> 11n) / 2 ** 53));
});

test('a drawn seed uses all 64 bits', () => {
  const random = seededRandom(3n);
  let seen = 0n;
  for (let i = 0; i < 100; i++) seen |= drawSeed(random);
  expect(seen).toBe(2n ** 64n - 1n);
});
