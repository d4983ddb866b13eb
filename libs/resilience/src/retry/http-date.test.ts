import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHttpDate } from './http-date.ts';

const NOW_MS = Date.UTC(2025, 0, 15);

// The three spellings of one instant in RFC 9110 §5.6.7.
test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  'reads %s',
  (text) => {
    expect(parseHttpDate(text, NOW_MS)).toBe(784_111_777_000);
  },
);

test.each([
  ['29 February of a leap year', 'Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
  ['a leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
  ['a two-digit year up to fifty years ahead', 'Friday, 01-Jan-75 00:00:00 GMT', Date.UTC(2075, 0, 1)],
  ['a two-digit year further ahead', 'Thursday, 01-Jan-76 00:00:00 GMT', Date.UTC(1976, 0, 1)],
  ['a year below 100', 'Sat, 01 Jan 0050 00:00:00 GMT', Date.parse('0050-01-01T00:00:00Z')],
])('reads %s', (_, text, expected) => {
  expect(parseHttpDate(text, NOW_MS)).toBe(expected);
});

test.each([
  '',
  'tomorrow',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 31 Feb 2025 08:49:37 GMT',
  'Sun, 00 Jan 2025 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:00 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'sun, 06 nov 1994 08:49:37 gmt',
  '1994-11-06T08:49:37Z',
])('is undefined for %j', (text) => {
  expect(parseHttpDate(text, NOW_MS)).toBeUndefined();
});

test('reads back what toUTCString writes, to the second', () => {
  const whole = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
  fc.assert(
    fc.property(whole, (date) => {
      expect(parseHttpDate(date.toUTCString(), NOW_MS)).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});
