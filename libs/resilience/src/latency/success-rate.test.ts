import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SuccessRate } from './success-rate.ts';

test('it is unknown without calls, and the share of successes with them', () => {
  const rate = new SuccessRate();
  expect(rate.at(0)).toBeUndefined();
  rate.succeeded(1_000);
  rate.failed(2_000);
  rate.succeeded(3_000);
  expect(rate.at(4_000)).toBeCloseTo(2 / 3, 12);
});

test('a call is forgotten after 300 s, and not before 290 s', () => {
  const rate = new SuccessRate();
  rate.failed(5_000);
  expect(rate.at(294_999)).toBe(0);
  expect(rate.at(300_000)).toBeUndefined();
  rate.failed(1_000_000);
  expect(rate.at(10_000_000)).toBeUndefined();
});

test('it equals a count of the calls of the last 30 slots of 10 s', () => {
  const calls = fc.array(fc.tuple(fc.nat(60_000), fc.boolean()), { maxLength: 80 });
  fc.assert(
    fc.property(calls, fc.nat(400_000), (steps, laterMs) => {
      const rate = new SuccessRate();
      let nowMs = 0;
      const made: { slot: number; good: boolean }[] = [];
      for (const [sinceMs, good] of steps) {
        nowMs += sinceMs;
        if (good) rate.succeeded(nowMs);
        else rate.failed(nowMs);
        made.push({ slot: Math.floor(nowMs / 10_000), good });
      }
      nowMs += laterMs;
      const recent = made.filter(({ slot }) => slot > Math.floor(nowMs / 10_000) - 30);
      const good = recent.filter((call) => call.good).length;
      expect(rate.at(nowMs)).toBe(recent.length === 0 ? undefined : good / recent.length);
    }),
  );
});
