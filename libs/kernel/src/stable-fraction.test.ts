import { expect, test } from 'vitest';
import { stableFraction } from './stable-fraction.ts';

test('a text has its number for ever: that of the first 53 bits of its SHA-256', () => {
  // sha256("abc") = ba7816bf 8f01cfea …
  expect(stableFraction('abc')).toBe(0.7283949105904021);
});

test('texts that are alike are spread evenly', () => {
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const tenth = Math.floor(stableFraction(`user-${i}`) * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  // Five standard deviations of a tenth of 100,000.
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(475);
});
