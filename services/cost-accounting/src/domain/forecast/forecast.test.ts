import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from './find-anomalies.ts';
import { forecast, passes } from './forecast.ts';

const TRACES = resolve(import.meta.dirname, '../../../../../test-e2e/bench/traces');
const WEEK = [100, 110, 105, 108, 120, 30, 20];
const weeks = (count: number) => Array.from({ length: count }, () => WEEK).flat();

describe('forecast', () => {
  it('goes on with a week that repeats, hardly in doubt', () => {
    const { steps, sums } = forecast(weeks(4), { seasonLength: 7, steps: 7 });
    expect(steps.map(({ mean }) => Math.round(mean))).toEqual(WEEK);
    expect(sums.at(-1)?.mean).toBeCloseTo(593, 0);
    expect(Number(sums.at(-1)?.high) - Number(sums.at(-1)?.low)).toBeLessThan(10);
  });

  it('goes on with a trend, and never below 0', () => {
    const rising = Array.from({ length: 40 }, (_, i) => 10 * i);
    expect(forecast(rising, { seasonLength: 1, steps: 3 }).steps[2]?.mean).toBeGreaterThan(390);
    const { steps } = forecast(rising.toReversed(), { seasonLength: 1, steps: 30 });
    for (const { mean, low } of steps) expect(Math.min(mean, low)).toBeGreaterThanOrEqual(0);
  });

  it('has intervals around the mean that grow, of steps and of sums, whatever the values', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(values, (series) => {
        const { steps, sums } = forecast(series, { seasonLength: 7, steps: 20 });
        for (const list of [steps, sums])
          list.forEach(({ mean, low, high }, i) => {
            expect(low <= mean && mean <= high && Number.isFinite(high)).toBe(true);
            const before = list[i - 1];
            if (before !== undefined)
              expect(high - mean).toBeGreaterThanOrEqual((before.high - before.mean) * 0.999);
          });
      }),
    );
  });

  // What 4 and 6 seconds cost at 0.15 and 0.60 USD per million tokens: bursty, without a season that so few minutes would show.
  it.each([
    ['azure-conversations.csv', 4_000],
    ['mooncake-conversations.csv', 6_000],
  ])(
    'tested on the past of %s, steps of %i ms: intervals of 80 %% hold 70 to 95 of a hundred that came',
    (file, stepMs) => {
      const series: number[] = [];
      for (const line of readFileSync(resolve(TRACES, file), 'utf8').trim().split('\n').slice(1)) {
        const [arrivalMs = 0, input = 0, output = 0] = line.split(',').map(Number);
        const at = Math.floor(arrivalMs / stepMs);
        series[at] = (series[at] ?? 0) + input * 150 + output * 600;
      }
      const values = Array.from(series, (value) => value ?? 0).slice(0, -1);
      let held = 0;
      let tried = 0;
      for (let at = 10; at < values.length; at++) {
        const [step] = forecast(values.slice(0, at), { seasonLength: 1, steps: 1 }).steps;
        const value = values[at] ?? 0;
        tried += 1;
        if (step !== undefined && step.low <= value && value <= step.high) held += 1;
      }
      expect(held / tried).toBeGreaterThan(0.7);
      expect(held / tried).toBeLessThan(0.95);
    },
  );
});

it('tells with which step a limit is passed', () => {
  expect(passes([1, 2, 3], 2)).toBe(2);
  expect(passes([1, 2, 3], 3)).toBeUndefined();
  expect(passes([], 0)).toBeUndefined();
});

describe('findAnomalies', () => {
  it('finds the one day that is off, not weekends that always are', () => {
    const values = weeks(5).map((value, i) => value + (i % 3));
    expect(findAnomalies(values, 7)).toEqual([]);
    values[30] = 400;
    expect(findAnomalies(values, 7)).toMatchObject([{ at: 30, value: 400 }]);
    values[30] = 0;
    expect(findAnomalies(values, 7)).toMatchObject([{ at: 30, value: 0 }]);
  });

  it('finds a sudden day in a series that never moves, and nothing in a small change of it', () => {
    const steady = new Array<number>(21).fill(100);
    expect(findAnomalies([...steady, 110], 7)).toEqual([]);
    expect(findAnomalies([...steady, 200], 7)).toMatchObject([{ at: 21 }]);
    expect(findAnomalies([], 7)).toEqual([]);
  });
});
