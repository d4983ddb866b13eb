import {
  type GetPriceBookResponse,
  type OfferingPrice,
  type PriceTerm as TermMessage,
  TermPrices,
} from '@switchyard/contracts/cost';
import { CHARGED_UNITS, type PriceTerm, pricesOf, unitPricesOf } from '@switchyard/llm';
import { priceKey } from '../domain/snapshot/provider-offers.ts';
import type { BookedPrices, PriceBook } from '../domain/snapshot/snapshot-parts.ts';

/** The price book that cost-accounting, or the kept snapshot, says. */
export const priceBookOf = ({ version, prices, terms }: GetPriceBookResponse): PriceBook => ({
  version,
  terms: terms.map(termOf),
  prices: new Map(prices.map((price) => [priceKey(price.provider, price.model), bookedPricesOf(price)])),
});

const termOf = ({ effectiveFrom, effectiveUntil, prices, windows, ...term }: TermMessage): PriceTerm => ({
  ...{ id: term.id, tenant: term.tenant, provider: term.provider, model: term.model },
  fromMs: effectiveFrom?.getTime() ?? 0,
  untilMs: effectiveUntil?.getTime() ?? Number.POSITIVE_INFINITY,
  windows: windows.map(({ weekdays, fromMinute, untilMinute }) => ({ weekdays, fromMinute, untilMinute })),
  ...{ timeZone: term.timeZone, discountPpm: term.discountPpm },
  prices: { ...pricesOf(prices ?? {}), ...unitPricesOf(prices ?? {}) },
});

const termMessage = ({ fromMs, untilMs, windows, prices, ...term }: PriceTerm): TermMessage => ({
  ...term,
  description: '',
  effectiveFrom: new Date(fromMs),
  effectiveUntil: Number.isFinite(untilMs) ? new Date(untilMs) : undefined,
  windows: windows.map((window) => ({ ...window, weekdays: [...window.weekdays] })),
  prices: TermPrices.fromPartial(prices),
});

/** What a message of the price book says of one offering. */
export const bookedPricesOf = (price: OfferingPrice): BookedPrices => ({
  prices: pricesOf(price),
  tiers: price.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, prices: pricesOf(tier) })),
  unitPrices: CHARGED_UNITS.some((unit) => price[unit] !== undefined) ? unitPricesOf(price) : undefined,
});

/** The message of a price book, as far as decisions need it. */
export function priceBookMessage({ version, prices: byKey, terms }: PriceBook): GetPriceBookResponse {
  const prices = [...byKey].map(([key, booked]) => {
    const slash = key.indexOf('/');
    return offeringPriceOf({ provider: key.slice(0, slash), model: key.slice(slash + 1) }, booked);
  });
  return { version, prices, terms: terms.map(termMessage) };
}

/** The message of one offering's prices. */
export const offeringPriceOf = (
  offering: { readonly provider: string; readonly model: string },
  { prices, tiers, unitPrices = {} }: BookedPrices,
): OfferingPrice => ({
  ...offering,
  ...pricesOf(prices),
  ...unitPricesOf(unitPrices),
  source: '',
  tiers: tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, ...pricesOf(tier.prices) })),
});
