import { expect, test } from 'vitest';
import { readPeriod } from './read-period.ts';

test.each([
  ['2026-11', '2026-11-01', '2026-12-01'],
  ['2026-12', '2026-12-01', '2027-01-01'],
  ['2026-12-31', '2026-12-31', '2027-01-01'],
  ['2026-11-03/2026-11-10', '2026-11-03', '2026-11-10'],
])('%s is from %s to %s', (text, start, end) => {
  expect(readPeriod(text)).toEqual({ startTime: new Date(start), endTime: new Date(end) });
});

test.each([
  '',
  '2026',
  '2026-13',
  '2026-02-30',
  '2026-11-03/2026-11-03',
  '2026-11-03/',
  'a/b',
  '2026-11/2026-12/2027-01',
])('%j is refused', (text) => {
  expect(() => readPeriod(text)).toThrow('--period');
});
