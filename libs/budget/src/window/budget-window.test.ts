import { describe, expect, test } from 'vitest';
import { isTimeZone, type Period, windowAt } from './budget-window.ts';

const at = (period: Period, timeZone: string, instant: string) => {
  const { startMs, endMs } = windowAt({ period, timeZone }, Date.parse(instant));
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
};
const hours = (period: Period, timeZone: string, instant: string) => {
  const { startMs, endMs } = windowAt({ period, timeZone }, Date.parse(instant));
  return (endMs - startMs) / 3_600_000;
};

describe('days', () => {
  // Days on which the clocks change. Source: the IANA time zone database.
  test.each([
    ['Europe/Berlin', '2026-03-29T12:00:00Z', 23, '2026-03-28T23:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', 25, '2026-10-24T22:00:00.000Z'],
    ['America/New_York', '2026-03-08T12:00:00Z', 23, '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-11-01T12:00:00Z', 25, '2026-11-01T04:00:00.000Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-04-04T20:00:00Z', 24.5, '2026-04-04T13:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T00:00:00Z', 23.5, '2026-10-03T13:30:00.000Z'],
    // Midnight itself is left out: the day begins at one o'clock.
    ['Africa/Cairo', '2026-04-24T12:00:00Z', 23, '2026-04-23T22:00:00.000Z'],
    ['America/Santiago', '2026-09-06T12:00:00Z', 23, '2026-09-06T04:00:00.000Z'],
    // Off by three quarters of an hour, and never changed.
    ['Asia/Kathmandu', '2026-03-29T12:00:00Z', 24, '2026-03-28T18:15:00.000Z'],
    ['UTC', '2026-03-29T12:00:00Z', 24, '2026-03-29T00:00:00.000Z'],
  ])('%s at %s last %d hours and begin at %s', (zone, instant, length, start) => {
    expect(hours('day', zone, instant)).toBe(length);
    expect(at('day', zone, instant)[0]).toBe(start);
  });
});

describe('months', () => {
  test.each([
    ['UTC', '2028-02-29T23:59:59.999Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['Asia/Kathmandu', '2028-02-29T18:15:00Z', '2028-02-29T18:15:00.000Z', '2028-03-31T18:15:00.000Z'],
    ['Europe/Berlin', '2026-03-31T21:59:59.999Z', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
    ['Europe/Berlin', '2026-03-31T22:00:00Z', '2026-03-31T22:00:00.000Z', '2026-04-30T22:00:00.000Z'],
    ['America/New_York', '2027-01-01T04:59:59Z', '2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2026-12-31T10:00:00.000Z', '2027-01-31T10:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-30T13:30:00Z', '2026-04-30T13:30:00.000Z', '2026-05-31T13:30:00.000Z'],
  ])('%s at %s go from %s to %s', (zone, instant, start, end) => {
    expect(at('month', zone, instant)).toEqual([start, end]);
  });
});

test('a minute and a total', () => {
  expect(at('minute', 'Asia/Kathmandu', '2026-01-01T00:00:59.999Z')).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2026-01-01T00:01:00.000Z',
  ]);
  expect(windowAt({ period: 'total', timeZone: 'UTC' }, 5)).toEqual({
    startMs: 0,
    endMs: Number.POSITIVE_INFINITY,
  });
});

test.each([
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Kathmandu',
])('in %s every window begins where the one before ends, through three years', (timeZone) => {
  for (const period of ['day', 'month'] as const) {
    let window = windowAt({ period, timeZone }, Date.parse('2025-12-31T12:00:00Z'));
    while (window.endMs < Date.parse('2028-12-31T12:00:00Z')) {
      expect(windowAt({ period, timeZone }, window.endMs - 1)).toEqual(window);
      const next = windowAt({ period, timeZone }, window.endMs);
      expect(next.startMs).toBe(window.endMs);
      window = next;
    }
  }
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['', false],
  ['berlin', false],
])('%j is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
