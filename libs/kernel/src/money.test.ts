import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatUsd, nanoUsd, nanoUsdPerMillion, parseUsd, rate, rateCeiling, sum } from './money.ts';

test.each([
  // 1,000 tokens at $0.15 per million = $0.00015
  [1_000, 150_000_000n, 150_000n],
  // 1 token at $0.0000005 per million: half a nano-USD rounds up
  [1, 500_000n, 1n],
  [1, 499_999n, 0n],
  [3, 500_000n, 2n],
  [0, 10_000_000_000n, 0n],
])('%d units at %d nano-USD per million cost %d', (units, price, expected) => {
  expect(rate(units, nanoUsdPerMillion(price))).toBe(expected);
});

test('an upper bound is never below the rated cost and less than one nano-USD above the exact one', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.bigInt(0n, 10n ** 12n), (units, price) => {
      const bound = rateCeiling(units, nanoUsdPerMillion(price));
      expect(bound >= rate(units, nanoUsdPerMillion(price))).toBe(true);
      expect((bound - 1n) * 1_000_000n < BigInt(units) * price || bound === 0n).toBe(true);
    }),
  );
});

test('an amount survives being written in USD and read again', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), (amount) => {
      expect(parseUsd(formatUsd(amount))).toBe(amount);
    }),
  );
});

test.each([
  ['0.15', 150_000_000n],
  ['1e-7', 100n],
  ['1.5E-07', 150n],
  ['15', 15_000_000_000n],
  ['-2.5', -2_500_000_000n],
  ['1e-10', undefined],
  ['abc', undefined],
  ['', undefined],
  ['1.', undefined],
  ['Infinity', undefined],
])('reads %j USD as %s nano-USD', (text, expected) => {
  expect(parseUsd(text)).toBe(expected);
});

test('the sum of no amounts is zero', () => {
  expect(sum([])).toBe(0n);
  expect(sum([nanoUsd(2n), nanoUsd(3n)])).toBe(5n);
});
