import { expect, test } from 'vitest';
import { unusualDays } from './unusual-days.ts';

const TODAY_MS = Date.UTC(2026, 10, 30);
const dayBefore = (days: number) => new Date(TODAY_MS - days * 86_400_000).toISOString().slice(0, 10);
/** Five weeks at a dollar a day, and half a dollar today so far. */
const usual = (change: Readonly<Record<number, bigint>> = {}) => {
  const days = Array.from({ length: 36 }, (_, i): [string, bigint] => [
    dayBefore(i),
    change[i] ?? (i === 0 ? 500_000_000n : 1_000_000_000n),
  ]);
  return unusualDays({ spent: new Map(days), todayMs: TODAY_MS, historyDays: 56 });
};

test('five weeks alike have no unusual day, and a day that has only begun is none for that', () => {
  expect(usual()).toEqual([]);
  expect(usual({ 0: 0n })).toEqual([]);
});

test('yesterday is told of where it was far more or less, today where it already is far more', () => {
  const found = (day: number, amountNanoUsd: bigint) => [
    { day: dayBefore(day), amountNanoUsd, usualNanoUsd: 1_000_000_000n },
  ];
  expect(usual({ 1: 5_000_000_000n })).toEqual(found(1, 5_000_000_000n));
  expect(usual({ 1: 0n })).toEqual(found(1, 0n));
  expect(usual({ 0: 5_000_000_000n })).toEqual(found(0, 5_000_000_000n));
  // The day before was told of yesterday.
  expect(usual({ 2: 5_000_000_000n })).toEqual([]);
});

test('nothing is unusual below three weeks, or by less than a cent', () => {
  const short = Array.from({ length: 21 }, (_, i): [string, bigint] => [dayBefore(i), 1_000_000_000n]);
  const spent = new Map([...short, [dayBefore(1), 9_000_000_000n] as const]);
  expect(unusualDays({ spent, todayMs: TODAY_MS, historyDays: 56 })).toEqual([]);
  const small = Array.from({ length: 36 }, (_, i): [string, bigint] => [
    dayBefore(i),
    i === 1 ? 9_000n : 1_000n,
  ]);
  expect(unusualDays({ spent: new Map(small), todayMs: TODAY_MS, historyDays: 56 })).toEqual([]);
});
