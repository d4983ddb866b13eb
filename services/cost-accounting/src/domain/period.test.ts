import { describe, expect, it } from 'vitest';
import { readPeriod } from './period.ts';

const NOW_MS = Date.UTC(2026, 6, 2, 12);
const HOUR_MS = 3_600_000;
const read = (startMs: number | undefined, endMs: number | undefined) =>
  readPeriod(
    {
      startTime: startMs === undefined ? undefined : new Date(startMs),
      endTime: endMs === undefined ? undefined : new Date(endMs),
    },
    NOW_MS,
  );

describe('a period', () => {
  it('ends now and began 24 hours before its end, unless told otherwise', () => {
    expect(read(undefined, undefined)).toEqual({
      ok: true,
      value: { fromMs: NOW_MS - 24 * HOUR_MS, toMs: NOW_MS },
    });
    expect(read(undefined, HOUR_MS * 48)).toEqual({
      ok: true,
      value: { fromMs: 24 * HOUR_MS, toMs: 48 * HOUR_MS },
    });
    expect(read(NOW_MS - HOUR_MS, undefined)).toEqual({
      ok: true,
      value: { fromMs: NOW_MS - HOUR_MS, toMs: NOW_MS },
    });
  });

  it('names the end that is wrong', () => {
    const wrong: [number | undefined, number | undefined, string][] = [
      [NOW_MS, NOW_MS, 'start_time'],
      [NOW_MS - 367 * 24 * HOUR_MS, NOW_MS, 'start_time'],
      [-1, NOW_MS, 'start_time'],
      [Number.NaN, NOW_MS, 'start_time'],
      [undefined, Number.NaN, 'end_time'],
      [undefined, Date.UTC(10_000, 0, 1), 'end_time'],
    ];
    for (const [start, end, field] of wrong)
      expect(read(start, end)).toMatchObject({ ok: false, error: { field } });
  });
});
