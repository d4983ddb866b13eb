import { expect, test } from 'vitest';
import { slopePerHour } from './slope.ts';

const MINUTE_MS = 60_000;
const every = (values: readonly number[]) =>
  values.map((value, minute) => ({ atMs: minute * MINUTE_MS, value }));

test('what grows by a hundredth of its mean in an hour has a slope of one percent', () => {
  const growing = Array.from({ length: 61 }, (_, minute) => 100 + (minute - 30) / 60);
  expect(slopePerHour(every(growing))).toBeCloseTo(1, 10);
});

test('what goes up and down has none', () => {
  expect(slopePerHour(every([90, 110, 110, 90]))).toBeCloseTo(0, 10);
});

test('one moment says nothing', () => {
  expect(slopePerHour(every([100]))).toBeUndefined();
  expect(slopePerHour([])).toBeUndefined();
});
