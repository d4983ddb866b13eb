import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/formats/json.ts';
import type { Prices } from '../../../src/rating/prices.ts';
import { decimalPrice, knownPrices, PER_MILLION, PER_THOUSAND } from '../decimal-price.ts';
import { positive } from '../positive.ts';
import { NO_PRICES, type PriceSheet } from '../source-entry.ts';

const KINDS = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  reasoning: 'output_reasoning_mtok',
  inputAudio: 'input_audio_mtok',
  outputAudio: 'output_audio_mtok',
} as const satisfies Partial<Record<keyof Prices, string>>;

/** Prices on a day (UTC): plain, or a list of which some hold from a date, or at certain times of the day, on. */
export function readPrices(prices: unknown, day: string): PriceSheet {
  const rates = Array.isArray(prices) ? ratesOn(prices.filter(isObject), day) : prices;
  if (!isObject(rates)) return NO_PRICES;
  const thresholds = Object.values(KINDS).flatMap((field) => tiersAt(rates, field).map(({ start }) => start));
  return {
    ...NO_PRICES,
    base: kindsAt(rates, 0),
    tiers: [...new Set(thresholds)]
      .sort((a, b) => a - b)
      .map((start) => ({ aboveInputTokens: start, prices: kindsAt(rates, start) })),
    units: knownPrices({
      inputImageToken: decimalPrice(rates.input_image_mtok, PER_MILLION),
      outputImageToken: decimalPrice(rates.output_image_mtok, PER_MILLION),
    }),
  };
}

/**
 * The last of those that are in force counts. Those that hold at certain times of the day are in force too: the standard
 * price comes last in the source, and is the dearer one, so that nothing is promised cheaper than it may be.
 */
function ratesOn(dated: readonly JsonObject[], day: string): JsonObject | undefined {
  const inForce = dated.filter((each) => {
    const from = stringAt(objectAt(each, 'constraint') ?? {}, 'start_date');
    return from === undefined || from <= day;
  });
  return objectAt(inForce.at(-1) ?? {}, 'prices');
}

/** Prices of requests with more than so many input tokens. */
function kindsAt(rates: JsonObject, above: number): Prices {
  const kinds = Object.entries(KINDS).map(([kind, field]) => {
    const tier = tiersAt(rates, field).findLast(({ start }) => start <= above);
    const price = above > 0 && tier !== undefined ? tier.price : baseOf(rates[field]);
    return [kind, decimalPrice(price, PER_MILLION)];
  });
  const request = decimalPrice(rates.requests_kcount, PER_THOUSAND);
  return knownPrices({ ...Object.fromEntries(kinds), request });
}

const baseOf = (rate: unknown): unknown => (isObject(rate) ? rate.base : rate);

function tiersAt(rates: JsonObject, field: string): { start: number; price: unknown }[] {
  const tiers = objectAt(rates, field)?.tiers;
  return (Array.isArray(tiers) ? tiers : []).filter(isObject).flatMap(({ start, price }) => {
    const above = positive(start);
    return above === undefined ? [] : [{ start: above, price }];
  });
}
