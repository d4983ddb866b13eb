import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allocate } from './allocate.ts';

it('gives parts that add up exactly, each within one unit of its share', () => {
  const weights = fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), weights, (amount, shares) => {
      const parts = allocate(amount, shares);
      const total = shares.reduce((sum, weight) => sum + weight, 0n);
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
      if (total === 0n) return;
      parts.forEach((part, i) => {
        const difference = part * total - amount * (shares[i] ?? 0n);
        expect(difference < total && difference > -total).toBe(true);
      });
    }),
  );
});

it('is even without weights, and gives what is left to the largest remainders', () => {
  expect(allocate(10n, [0n, 0n, 0n])).toEqual([4n, 3n, 3n]);
  expect(allocate(10n, [1n, 1n, 2n])).toEqual([3n, 2n, 5n]);
  expect(allocate(100n, [1n, 2n, 3n])).toEqual([17n, 33n, 50n]);
  expect(allocate(-10n, [1n, 1n, 1n])).toEqual([-4n, -3n, -3n]);
});
