import { isTimeZone } from '@switchyard/budget';
import type { PriceTerm as TermMessage, TermPrices } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result, snakeCase } from '@switchyard/kernel';
import { type PriceWindow, pricesOf, unitPricesOf } from '@switchyard/llm';
import { type StatedTerm, windowsOverlap } from './stated-term.ts';

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const MAX_DESCRIPTION = 500;
const MAX_NAME = 512;
const MAX_WINDOWS = 20;
const MAX_PPM = 1_000_000;
const DAY_MINUTES = 1_440;
const PAST =
  'must not be in the past: what is booked keeps its prices. Leave it out for now, or correct what was charged by adjustments';

type Violations = readonly [FieldViolation, ...FieldViolation[]];

/** Reads terms that are to be made; all that is wrong is named by its field. */
export function readPriceTerm(message: TermMessage, nowMs: number): Result<StatedTerm, Violations> {
  const { id, description, tenant, provider, model, windows, discountPpm } = message;
  const fromMs = message.effectiveFrom?.getTime() ?? nowMs;
  const untilMs = message.effectiveUntil?.getTime() ?? Number.POSITIVE_INFINITY;
  const timeZone = message.timeZone || 'UTC';
  const [first, ...further] = [
    ...wrong(
      'id',
      ID.test(id),
      'must be 1 to 64 of a-z, 0-9, "-", "_" and ".", and begin with a letter or digit',
    ),
    ...wrong(
      'description',
      isText(description, MAX_DESCRIPTION),
      `must have at most ${MAX_DESCRIPTION} characters and no NUL`,
    ),
    ...Object.entries({ tenant, provider, model }).flatMap(([name, value]) =>
      wrong(name, isText(value, MAX_NAME), `must have at most ${MAX_NAME} characters and no NUL`),
    ),
    ...wrong('effective_from', fromMs >= nowMs, PAST),
    ...wrong('effective_until', untilMs > fromMs, 'must be after effective_from'),
    ...wrong(
      'time_zone',
      isTimeZone(timeZone),
      `${JSON.stringify(timeZone)} is no time zone; one is "Europe/Berlin"`,
    ),
    ...windowProblems(windows),
    ...wrong('discount_ppm', discountPpm <= MAX_PPM, `must be from 0 to ${MAX_PPM}, in parts per million`),
    ...priceViolations(message).map(({ field, description }) => ({ field: `term.${field}`, description })),
  ];
  if (first !== undefined) return err([first, ...further]);
  return ok({
    ...{ id, description, tenant, provider, model, fromMs, untilMs, timeZone, discountPpm },
    windows: windows.map(windowOf),
    prices: pricesOfTerm(message.prices),
  });
}

/** What terms state of prices, all kinds together. */
export const pricesOfTerm = (prices: TermPrices | undefined): StatedTerm['prices'] => ({
  ...pricesOf(prices ?? {}),
  ...unitPricesOf(prices ?? {}),
});

/** A time of the day as the domain has it. */
export const windowOf = ({ weekdays, fromMinute, untilMinute }: PriceWindow): PriceWindow => ({
  weekdays: [...weekdays],
  fromMinute,
  untilMinute,
});

const wrong = (field: string, isRight: boolean, description: string): FieldViolation[] =>
  isRight ? [] : [{ field: `term.${field}`, description }];

const isText = (text: string, most: number): boolean => text.length <= most && !text.includes('\0');

function windowProblems(windows: readonly PriceWindow[]): FieldViolation[] {
  if (windows.length > MAX_WINDOWS) return wrong('windows', false, `must be at most ${MAX_WINDOWS}`);
  return windows.flatMap((window, i) => {
    const { weekdays, fromMinute, untilMinute } = window;
    const place = `windows[${i}]`;
    return [
      ...wrong(`${place}.weekdays`, weekdays.every(isWeekday), 'must be from 1 (Monday) to 7'),
      ...wrong(
        `${place}.until_minute`,
        fromMinute < untilMinute && untilMinute <= DAY_MINUTES,
        `must be after from_minute and at most ${DAY_MINUTES}; a night is two windows`,
      ),
      ...wrong(
        place,
        !windows.slice(0, i).some((other) => windowsOverlap(other, window)),
        'overlaps one before it',
      ),
    ];
  });
}

const isWeekday = (day: number): boolean => day >= 1 && day <= 7;

/** What is wrong with prices that are stated, by field. */
export function priceViolations({
  prices,
  discountPpm,
  provider,
  model,
}: Pick<TermMessage, 'prices' | 'discountPpm' | 'provider' | 'model'>): FieldViolation[] {
  const stated = Object.entries(pricesOfTerm(prices)).filter(([, price]) => price !== undefined);
  if (stated.length === 0)
    return discountPpm > 0
      ? []
      : [{ field: 'prices', description: 'must state a price, where discount_ppm is 0' }];
  const negative = stated
    .filter(([, price]) => (price as bigint) < 0n)
    .map(([name]) => ({
      field: `prices.${snakeCase(name)}`,
      description: 'must be from 0, in nano-USD per million',
    }));
  if (provider !== '' && model !== '') return negative;
  const description = 'need a provider and a model: units of others cost otherwise';
  return [...negative, { field: 'prices', description }];
}
