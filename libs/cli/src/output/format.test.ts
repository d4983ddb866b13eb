import { expect, test } from 'vitest';
import { formatAgo, formatCost, formatDuration, formatShare, UNKNOWN } from './format.ts';

test('what is unknown is a dash, and zero is a zero', () => {
  expect([formatCost(undefined), formatShare(undefined), formatDuration(undefined)]).toEqual(
    Array(3).fill(UNKNOWN),
  );
  expect(formatAgo(undefined, 0)).toBe(UNKNOWN);
  expect([formatCost(0n), formatShare(0), formatDuration(0)]).toEqual(['$0', '0.0 %', '0.0 ms']);
});

test('money is exact to the nano-USD', () => {
  expect([formatCost(1n), formatCost(20_100n), formatCost(12_000_000_000n)]).toEqual([
    '$0.000000001',
    '$0.0000201',
    '$12',
  ]);
});

test('times take the unit that a reader expects', () => {
  expect([4.75, 12.4, 999, 1_200].map(formatDuration)).toEqual(['4.8 ms', '12 ms', '999 ms', '1.2 s']);
  const ago = (ms: number) => formatAgo(new Date(1_000_000_000 - ms), 1_000_000_000);
  expect([ago(5_000), ago(90_000), ago(7_200_000)]).toEqual(['5 s ago', '2 min ago', '2 h ago']);
  expect(ago(-5_000), 'a clock that runs ahead').toBe('0 s ago');
});
