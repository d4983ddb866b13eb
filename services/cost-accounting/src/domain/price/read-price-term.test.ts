import { PriceTerm } from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import { readPriceTerm } from './read-price-term.ts';
import { overlap, type StatedTerm } from './stated-term.ts';

const NOW = Date.UTC(2026, 10, 30, 8);
const read = (change: object) =>
  readPriceTerm(PriceTerm.fromPartial({ id: 'x', discountPpm: 150_000, ...change }), NOW);
const fieldsOf = (change: object) => {
  const found = read(change);
  return found.ok ? [] : found.error.map(({ field }) => field);
};

test('terms begin now and never end, where nothing else is said', () => {
  expect(read({ tenant: 'acme' })).toMatchObject({
    value: { tenant: 'acme', fromMs: NOW, untilMs: Number.POSITIVE_INFINITY, timeZone: 'UTC', windows: [] },
  });
});

const PRICED = { provider: 'p', model: 'm', discountPpm: 0 };
test.each([
  ['an id with spaces', { id: 'my terms' }, 'term.id'],
  ['the past', { effectiveFrom: new Date(NOW - 1) }, 'term.effective_from'],
  ['an end before the begin', { effectiveUntil: new Date(NOW) }, 'term.effective_until'],
  ['an unknown time zone', { timeZone: 'Europe/Atlantis' }, 'term.time_zone'],
  ['a discount above all', { discountPpm: 1_000_001 }, 'term.discount_ppm'],
  ['nothing', { discountPpm: 0 }, 'term.prices'],
  ['a negative price', { ...PRICED, prices: { input: -1n } }, 'term.prices.input'],
  [
    'a negative price of a long name',
    { ...PRICED, prices: { cacheWrite1h: -1n } },
    'term.prices.cache_write_1h',
  ],
  ['prices of every model', { ...PRICED, model: '', prices: { input: 1n } }, 'term.prices'],
  [
    'an eighth day',
    { windows: [{ weekdays: [8], fromMinute: 0, untilMinute: 9 }] },
    'term.windows[0].weekdays',
  ],
  [
    'a window over midnight',
    { windows: [{ fromMinute: 1_320, untilMinute: 360 }] },
    'term.windows[0].until_minute',
  ],
  [
    'overlapping windows',
    {
      windows: [
        { fromMinute: 0, untilMinute: 60 },
        { weekdays: [3], fromMinute: 59, untilMinute: 90 },
      ],
    },
    'term.windows[1]',
  ],
])('%s is refused, by the field', (_what, change, field) => {
  expect(fieldsOf(change)).toEqual([field]);
});

const stated = (change: object): StatedTerm => {
  const found = read(change);
  if (!found.ok) throw new Error(found.error[0].description);
  return found.value;
};
const at = (hours: number) => new Date(NOW + hours * 3_600_000);
const night = { windows: [{ fromMinute: 0, untilMinute: 360 }] };
const day = { windows: [{ fromMinute: 360, untilMinute: 1_440 }] };
test.each([
  [{}, {}, true],
  [{ tenant: 'a' }, { tenant: 'b' }, false],
  [{ effectiveUntil: at(5) }, { effectiveFrom: at(5) }, false],
  [{ effectiveUntil: at(6) }, { effectiveFrom: at(5) }, true],
  [night, day, false],
  [night, { ...day, timeZone: 'Europe/Berlin' }, true],
  [{ ...PRICED, prices: { input: 1n } }, { ...PRICED, prices: { output: 1n } }, false],
  [{ ...PRICED, prices: { input: 1n } }, { ...PRICED, prices: { input: 2n, output: 1n } }, true],
] as const)(
  'terms overlap where they say something of the same prices at the same time: case %#',
  (a, b, expected) => {
    expect(overlap(stated(a), stated({ ...b, id: 'y' }))).toBe(expected);
    expect(overlap(stated({ ...b, id: 'y' }), stated(a))).toBe(expected);
  },
);
