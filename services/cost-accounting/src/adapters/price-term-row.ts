import { PriceWindow, TermPrices } from '@switchyard/contracts/cost';
import { pricesOfTerm, windowOf } from '../domain/price/read-price-term.ts';
import type { StatedTerm } from '../domain/price/stated-term.ts';

/** A row of `price_terms`. */
export interface PriceTermRow {
  readonly id: string;
  readonly description: string;
  readonly tenant: string;
  readonly provider: string;
  readonly model: string;
  readonly effective_from: Date;
  readonly effective_until: Date | null;
  readonly windows: readonly unknown[];
  readonly time_zone: string;
  readonly discount_ppm: number;
  readonly prices: unknown;
}

export const termOfRow = (row: PriceTermRow): StatedTerm => ({
  ...{ id: row.id, description: row.description },
  ...{ tenant: row.tenant, provider: row.provider, model: row.model },
  fromMs: row.effective_from.getTime(),
  untilMs: row.effective_until?.getTime() ?? Number.POSITIVE_INFINITY,
  windows: row.windows.map((one) => windowOf(PriceWindow.fromJSON(one))),
  timeZone: row.time_zone,
  discountPpm: row.discount_ppm,
  prices: pricesOfTerm(TermPrices.fromJSON(row.prices)),
});

/** Values of a row, in the order of its columns. */
export const termValues = (term: StatedTerm): unknown[] => [
  ...[term.id, term.description, term.tenant, term.provider, term.model],
  new Date(term.fromMs),
  Number.isFinite(term.untilMs) ? new Date(term.untilMs) : null,
  JSON.stringify(term.windows),
  ...[term.timeZone, term.discountPpm],
  JSON.stringify(TermPrices.toJSON(TermPrices.fromPartial(term.prices))),
];
