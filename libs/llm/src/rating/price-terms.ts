import { Temporal } from 'temporal-polyfill';
import type { TieredPrices } from '../catalog/offering-prices.ts';
import { PRICE_KINDS, type Prices } from './prices.ts';
import { CHARGED_UNITS, type ChargedPrices, type ChargedUnitPrices } from './unit-prices.ts';

/** A time of the day in which terms hold. */
export interface PriceWindow {
  /** 1 (Monday) to 7; empty: every day. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight by the clock on the wall: from, inclusive, until, exclusive. */
  readonly fromMinute: number;
  readonly untilMinute: number;
}

/** What is charged in place of the price book's prices; '' is all. */
export interface PriceTerm {
  readonly id: string;
  readonly tenant: string;
  readonly provider: string;
  readonly model: string;
  /** Wall milliseconds, inclusive. */
  readonly fromMs: number;
  /** Exclusive; Infinity: never. */
  readonly untilMs: number;
  /** Empty: always. */
  readonly windows: readonly PriceWindow[];
  /** An IANA name. */
  readonly timeZone: string;
  /** Off every known price, in parts per million; 0: nothing. */
  readonly discountPpm: number;
  /** What is stated, in nano-USD per million units. */
  readonly prices: ChargedPrices;
}

/** Everything that an offering is charged by; `prices` undefined: nothing is known. */
export interface ListedPrices {
  readonly prices: Prices | undefined;
  readonly tiers: TieredPrices['tiers'];
  readonly unitPrices: ChargedUnitPrices | undefined;
}

/** Whether terms hold at an instant. */
export function holdsAt({ fromMs, untilMs, windows, timeZone }: PriceTerm, wallMs: number): boolean {
  if (wallMs < fromMs || wallMs >= untilMs) return false;
  if (windows.length === 0) return true;
  const { dayOfWeek, hour, minute } = Temporal.Instant.fromEpochMilliseconds(
    Math.floor(wallMs),
  ).toZonedDateTimeISO(timeZone);
  const atMinute = hour * 60 + minute;
  return windows.some(
    ({ weekdays, fromMinute, untilMinute }) =>
      fromMinute <= atMinute &&
      atMinute < untilMinute &&
      (weekdays.length === 0 || weekdays.includes(dayOfWeek)),
  );
}

/** Those that say the most first: of a tenant before of a provider before of a model, and of those alike the one that began last. */
export const byWeight = (a: PriceTerm, b: PriceTerm): number =>
  weightOf(b) - weightOf(a) || b.fromMs - a.fromMs || (a.id < b.id ? -1 : 1);

const weightOf = ({ tenant, provider, model }: PriceTerm): number =>
  (tenant === '' ? 0 : 4) + (provider === '' ? 0 : 2) + (model === '' ? 0 : 1);

/**
 * What is charged by the price book's prices and terms. Each unit is charged by the first term that states it; off all others goes the
 * first discount, each rounded half up once; a price that a tenant's terms state is final. The same in every tier.
 *
 * @param terms those that hold for the call, in the order of {@link byWeight}
 */
export function chargedBy(listed: ListedPrices, terms: readonly PriceTerm[]): ListedPrices {
  if (terms.length === 0) return listed;
  const discountPpm = terms.find((term) => term.discountPpm > 0)?.discountPpm ?? 0;
  const by = (at: ChargedPrices, kinds: readonly (keyof ChargedPrices)[]): ChargedPrices =>
    Object.fromEntries(
      kinds.map((kind) => {
        const term = terms.find(({ prices }) => prices[kind] !== undefined);
        const price = term?.prices[kind] ?? at[kind];
        const isFinal = price === undefined || (term !== undefined && term.tenant !== '');
        return [kind, isFinal ? price : discounted(price, discountPpm)];
      }),
    );
  const prices = by(listed.prices ?? {}, PRICE_KINDS);
  const units = by(listed.unitPrices ?? {}, CHARGED_UNITS);
  return {
    prices: listed.prices === undefined && isEmpty(prices) ? undefined : prices,
    tiers: listed.tiers.map((tier) => ({ ...tier, prices: by(tier.prices, PRICE_KINDS) })),
    unitPrices: isEmpty(units) ? undefined : units,
  };
}

const isEmpty = (prices: ChargedPrices): boolean =>
  Object.values(prices).every((price) => price === undefined);

const MILLION = 1_000_000n;

const discounted = (price: bigint, ppm: number): bigint =>
  (price * (MILLION - BigInt(ppm)) + MILLION / 2n) / MILLION;
