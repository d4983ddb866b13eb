import { expect, it } from 'vitest';
import { makeForecast } from './make-forecast.ts';

const FROM_MS = Date.UTC(2026, 10, 29);
const used = (days: number, amount: (i: number) => number) =>
  new Map(
    Array.from({ length: days }, (_, i) => [
      new Date(FROM_MS - (days - i) * 86_400_000).toISOString().slice(0, 10),
      amount(i),
    ]),
  );
const basis = { fromMs: FROM_MS, days: 10, historyDays: 56, left: undefined };

it('tells the days to come, and when a limit is passed', () => {
  const made = makeForecast({ ...basis, usedByDay: used(28, () => 100), left: 350 });
  expect(made?.days.slice(0, 2)).toEqual([
    { day: '2026-11-29', expected: { mean: 100, low: 100, high: 100 } },
    { day: '2026-11-30', expected: { mean: 100, low: 100, high: 100 } },
  ]);
  expect(made?.total.mean).toBe(1_000);
  expect(made?.runsOut).toEqual({ expected: '2026-12-02', earliest: '2026-12-02', latest: '2026-12-02' });
  expect(
    makeForecast({ ...basis, usedByDay: used(28, () => 100), left: 5_000 })?.runsOut.earliest,
  ).toBeUndefined();
});

it('is in more doubt where days differed, and runs out within an interval', () => {
  const made = makeForecast({ ...basis, usedByDay: used(28, (i) => (i * 37) % 200), left: 500 });
  const { earliest = '', expected = '', latest = '9999' } = made?.runsOut ?? {};
  expect(earliest < expected && expected < latest).toBe(true);
});

it('names the days that were unlike others', () => {
  const made = makeForecast({ ...basis, usedByDay: used(28, (i) => (i === 20 ? 900 : 100)) });
  expect(made?.anomalies).toMatchObject([{ day: '2026-11-21', value: 900, usual: 100 }]);
});

it('has nothing to say of less than four days, and begins with the first that has usage', () => {
  expect(makeForecast({ ...basis, usedByDay: used(3, () => 100) })).toBeUndefined();
  expect(makeForecast({ ...basis, usedByDay: new Map() })).toBeUndefined();
  expect(makeForecast({ ...basis, usedByDay: used(4, () => 100) })?.total.mean).toBe(1_000);
});
