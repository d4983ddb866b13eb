import { type GetPriceBookResponse, type PriceTerm, TermPrices } from '@switchyard/contracts/cost';
import type { StatedTerm } from '../domain/price/stated-term.ts';
import type { PriceBook } from '../ports.ts';

/** Terms as callers see them. */
export const termMessage = ({ fromMs, untilMs, windows, prices, ...term }: StatedTerm): PriceTerm => ({
  ...term,
  effectiveFrom: new Date(fromMs),
  effectiveUntil: Number.isFinite(untilMs) ? new Date(untilMs) : undefined,
  windows: windows.map((window) => ({ ...window, weekdays: [...window.weekdays] })),
  prices: TermPrices.fromPartial(prices),
});

/** A price book, whole. */
export const priceBookMessage = ({ version, prices, terms }: PriceBook): GetPriceBookResponse => ({
  version,
  prices: [...prices],
  terms: terms.map(termMessage),
});
