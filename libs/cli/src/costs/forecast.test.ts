import { GetForecastResponse } from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import { renderForecast } from './forecast.ts';

test('a forecast shows each day with its interval, unusual days, and when a budget runs out', () => {
  const amount = { expected: 2_000_000_000n, low: 1_000_000_000n, high: 3_500_000_000n };
  const made = GetForecastResponse.fromPartial({
    unit: 'cost',
    days: [{ day: '2026-11-30', amount }],
    total: amount,
    runsOut: '2026-11-30',
    runsOutEarliest: '2026-11-30',
    anomalies: [{ day: '2026-11-03', amount: 9_000_000_000n, usual: 2_000_000_000n }],
  });
  expect(renderForecast(made).split('\n')).toEqual([
    'DAY         EXPECTED  FROM    TO',
    '2026-11-30        $2    $1  $3.5',
    'in all            $2    $1  $3.5',
    'Four of five outcomes should lie between FROM and TO.',
    '2026-11-03 was unlike others: $9, usual is $2.',
    'The budget runs out on 2026-11-30 (2026-11-30 to never).',
    '',
  ]);
});
