import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRetryAfter, parseRetryAfterMs, retryAfterFromHeaders } from './retry-after.ts';

const NOW_MS = Date.UTC(2025, 0, 15, 12, 0, 0);

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['0.25', 250],
    ['Wed, 15 Jan 2025 12:00:30 GMT', 30_000],
    ['Wednesday, 15-Jan-25 12:01:00 GMT', 60_000],
    ['Wed Jan 15 11:59:00 2025', 0],
    ['9'.repeat(40), Number.MAX_SAFE_INTEGER],
  ])('%j asks to wait %i ms', (value, delayMs) => {
    expect(parseRetryAfter(value, NOW_MS)).toBe(delayMs);
  });

  test.each([
    undefined,
    '',
    '-1',
    '+5',
    '1e3',
    '0x10',
    '5s',
    'NaN',
    'Infinity',
    '1,5',
    '.5',
    '5.',
    '9'.repeat(65),
  ])('%j asks for nothing', (value) => {
    expect(parseRetryAfter(value, NOW_MS)).toBeUndefined();
  });

  test('whole seconds of any size come out as themselves', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000_000 }), (seconds) => {
        expect(parseRetryAfter(String(seconds), NOW_MS)).toBe(seconds * 1000);
      }),
    );
  });

  test('a date comes out as the time until then, and a past one as 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (seconds) => {
        const date = new Date(NOW_MS + seconds * 1000).toUTCString();
        expect(parseRetryAfter(date, NOW_MS)).toBe(Math.max(0, seconds * 1000));
      }),
    );
  });

  test('any other text gives undefined or a delay that is finite and not negative; it never throws', () => {
    const text = fc.oneof(fc.string({ maxLength: 80 }), fc.stringMatching(/^[\d.:, GMTJanSu+-]{0,40}$/));
    fc.assert(
      fc.property(text, (value) => {
        const delayMs = parseRetryAfter(value, NOW_MS);
        expect(delayMs === undefined || (delayMs >= 0 && delayMs <= Number.MAX_SAFE_INTEGER)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['1500', 1500],
  ['12.5', 12.5],
  ['-1', undefined],
  ['soon', undefined],
  [undefined, undefined],
])('retry-after-ms %j asks to wait %s ms', (value, delayMs) => {
  expect(parseRetryAfterMs(value)).toBe(delayMs);
});

test.each([
  ['300', '1', 300],
  ['garbage', '1', 1000],
  [undefined, '2', 2000],
  [undefined, undefined, undefined],
])('retry-after-ms %j and retry-after %j together ask to wait %s ms', (retryAfterMs, retryAfter, delayMs) => {
  expect(retryAfterFromHeaders({ retryAfterMs, retryAfter, wallNowMs: NOW_MS })).toBe(delayMs);
});
