import { parseUsd } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { byWeight, chargedBy, holdsAt, type PriceTerm } from './price-terms.ts';

const usd = (amount: string): bigint => parseUsd(amount) as bigint;
const term = (change: Partial<PriceTerm> = {}): PriceTerm => ({
  ...{ id: 't', tenant: '', provider: '', model: '', fromMs: 0, untilMs: Number.POSITIVE_INFINITY },
  ...{ windows: [], timeZone: 'UTC', discountPpm: 0, prices: {} },
  ...change,
});
const LISTED = {
  prices: { input: usd('2'), output: usd('8'), cacheRead: usd('0.5') },
  tiers: [{ aboveInputTokens: 100, prices: { input: usd('4'), output: usd('12') } }],
  unitPrices: undefined,
};
const charged = (...terms: PriceTerm[]) => chargedBy(LISTED, terms.toSorted(byWeight));

test('without terms the price book holds', () => {
  expect(charged()).toBe(LISTED);
});

// 15 % off 2, 8, 0.5, 4 and 12 USD.
test('a discount goes off every known price, in every tier', () => {
  expect(charged(term({ discountPpm: 150_000 }))).toMatchObject({
    prices: { input: usd('1.7'), output: usd('6.8'), cacheRead: usd('0.425') },
    tiers: [{ aboveInputTokens: 100, prices: { input: usd('3.4'), output: usd('10.2') } }],
    unitPrices: undefined,
  });
});

test('a discounted price is rounded half up once', () => {
  const listed = { prices: { input: 3n, output: 1n }, tiers: [], unitPrices: undefined };
  const { prices } = chargedBy(listed, [term({ discountPpm: 500_000 })]);
  expect([prices?.input, prices?.output]).toEqual([2n, 1n]);
});

test('a contract price takes the place of the price, in every tier, and no discount goes off it', () => {
  const contract = term({ id: 'c', tenant: 'acme', provider: 'p', model: 'm', prices: { input: usd('1') } });
  const discount = term({ id: 'd', tenant: 'acme', discountPpm: 100_000 });
  expect(charged(discount, contract)).toMatchObject({
    prices: { input: usd('1'), output: usd('7.2'), cacheRead: usd('0.45') },
    tiers: [{ prices: { input: usd('1'), output: usd('10.8') } }],
  });
});

test('a new list price takes the place of the price, and discounts go off it', () => {
  const list = term({ id: 'l', provider: 'p', model: 'm', prices: { input: usd('3') } });
  expect(charged(list, term({ id: 'd', tenant: 'acme', discountPpm: 100_000 })).prices?.input).toBe(
    usd('2.7'),
  );
});

test('of several, the one that says most counts, and of those alike the one that began last', () => {
  const general = term({ id: 'g', discountPpm: 10_000 });
  const ofProvider = term({ id: 'p', provider: 'p', model: 'm', discountPpm: 20_000 });
  const ofTenant = term({ id: 't', tenant: 'acme', discountPpm: 30_000 });
  const later = term({ id: 'a', tenant: 'acme', fromMs: 5, discountPpm: 40_000 });
  const all = [general, ofProvider, ofTenant, later].toSorted(byWeight).map(({ id }) => id);
  expect(all).toEqual(['a', 't', 'p', 'g']);
  expect(charged(general, ofTenant, ofProvider).prices?.input).toBe(usd('1.94'));
});

test('a price that was not known is, where terms state it; nothing else becomes known', () => {
  const unknown = { prices: undefined, tiers: [], unitPrices: undefined };
  expect(chargedBy(unknown, [term({ discountPpm: 1 })])).toEqual(unknown);
  const stated = chargedBy(unknown, [term({ prices: { input: 7n, query: 9n } })]);
  expect([stated.prices?.input, stated.prices?.output, stated.unitPrices?.query]).toEqual([
    7n,
    undefined,
    9n,
  ]);
});

const NIGHT = [
  { weekdays: [], fromMinute: 990, untilMinute: 1_440 },
  { weekdays: [], fromMinute: 0, untilMinute: 30 },
];
test.each([
  // DeepSeek's off-peak times were 16:30 to 00:30 UTC.
  ['2026-11-30T16:29:59.999Z', { windows: NIGHT }, false],
  ['2026-11-30T16:30:00.000Z', { windows: NIGHT }, true],
  ['2026-11-30T00:29:59.999Z', { windows: NIGHT }, true],
  ['2026-11-30T00:30:00.000Z', { windows: NIGHT }, false],
  // Berlin is an hour ahead in winter, two in summer.
  ['2026-11-30T15:30:00.000Z', { windows: NIGHT, timeZone: 'Europe/Berlin' }, true],
  ['2026-07-01T14:30:00.000Z', { windows: NIGHT, timeZone: 'Europe/Berlin' }, true],
  ['2026-07-01T14:29:00.000Z', { windows: NIGHT, timeZone: 'Europe/Berlin' }, false],
  // A Sunday in Berlin that is still Saturday in UTC.
  [
    '2026-11-28T23:10:00.000Z',
    { windows: [{ weekdays: [7], fromMinute: 0, untilMinute: 30 }], timeZone: 'Europe/Berlin' },
    true,
  ],
  ['2026-11-28T23:10:00.000Z', { windows: [{ weekdays: [7], fromMinute: 0, untilMinute: 30 }] }, false],
  ['2026-11-30T00:00:00.000Z', { fromMs: Date.UTC(2026, 10, 30) }, true],
  ['2026-11-29T23:59:59.999Z', { fromMs: Date.UTC(2026, 10, 30) }, false],
  ['2026-11-30T00:00:00.000Z', { untilMs: Date.UTC(2026, 10, 30) }, false],
] as const)('at %s terms of %j hold: %s', (at, change, holds) => {
  expect(holdsAt(term(change), Date.parse(at))).toBe(holds);
});
