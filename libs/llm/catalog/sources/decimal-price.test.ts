import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CENTS_PER_UNIT, decimalPrice, PER_MILLION, PER_THOUSAND, PER_UNIT } from './decimal-price.ts';

test.each([
  // The sources' own texts: USD per million, USD per token, cents per token, USD per thousand requests.
  [0.15, PER_MILLION, 150_000_000n],
  [0.00000375, PER_UNIT, 3_750_000_000n],
  [1.3e-7, PER_UNIT, 130_000_000n],
  [0.0000143, CENTS_PER_UNIT, 143_000_000n],
  [0.000025, CENTS_PER_UNIT, 250_000_000n],
  [5, PER_THOUSAND, 5_000_000_000_000n],
  [0.04, PER_UNIT, 40_000_000_000_000n],
  [0, PER_UNIT, 0n],
])('%d at 10^%d is %d nano-USD per million', (value, exponent, expected) => {
  expect(decimalPrice(value, exponent)).toBe(expected);
});

test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ['0.15'], [null], [undefined], [{}]])(
  'what is no price is unknown: %s',
  (value) => expect(decimalPrice(value, PER_UNIT)).toBeUndefined(),
);

test('every decimal of up to 15 digits is converted exactly, in every unit', () => {
  const decimals = fc.record({
    digits: fc.bigInt(1n, 10n ** 15n - 1n),
    // Of the decimal point, from the last digit.
    point: fc.integer({ min: 0, max: 12 }),
    exponent: fc.constantFrom(PER_MILLION, PER_THOUSAND, CENTS_PER_UNIT, PER_UNIT),
  });
  fc.assert(
    fc.property(decimals, ({ digits, point, exponent }) => {
      const shift = 9 + exponent - point;
      const isWhole = shift >= 0 || digits % 10n ** BigInt(-shift) === 0n;
      fc.pre(isWhole);
      const exact = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
      const padded = digits.toString().padStart(point + 1, '0');
      const text = `${padded.slice(0, padded.length - point)}.${padded.slice(padded.length - point)}0`;
      expect(decimalPrice(JSON.parse(text), exponent)).toBe(exact);
    }),
    { numRuns: 2_000 },
  );
});

test('noise of floating point is rounded away, and nothing that matters is', () => {
  expect(decimalPrice(1.0000000000000002e-7, PER_UNIT)).toBe(100_000_000n);
  expect(decimalPrice(0.1 + 0.2, PER_MILLION)).toBe(300_000_000n);
  // Half a nano-USD a million is a price of its own, and nothing that can be written.
  expect(decimalPrice(1.5e-9, PER_MILLION)).toBeUndefined();
  expect(decimalPrice(1e-10, PER_MILLION)).toBeUndefined();
});

test('noise never moves a price by more than a millionth', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), (value) => {
      const price = decimalPrice(value, PER_MILLION);
      fc.pre(price !== undefined);
      expect(Math.abs(Number(price) / 1e9 - value)).toBeLessThanOrEqual(value * 1.000001e-6);
    }),
  );
});
