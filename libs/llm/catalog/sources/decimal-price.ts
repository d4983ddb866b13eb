import { parseUsd } from '@switchyard/kernel';
import { PRICE_KINDS, type Prices } from '../../src/rating/prices.ts';

/** Powers of ten from a source's unit to a million units in USD. */
export const PER_MILLION = 0;
export const PER_THOUSAND = 3;
/** A price of one unit, in cents. */
export const CENTS_PER_UNIT = 4;
export const PER_UNIT = 6;

/**
 * A price of a source in whole nano-USD per million units, exact: the decimal point of its text is moved, and nothing is
 * computed in floating point. `String` gives the shortest decimal that the number stands for, which is the source's own
 * text up to 15 digits.
 *
 * What is finer than a nano-USD is rounded half up where it is noise of somebody's floating point (below a millionth of
 * the price), and unknown otherwise. Zero stays zero, and what is negative or no number is unknown.
 */
export function decimalPrice(value: unknown, exponent: number): bigint | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined;
  const [digits = '', scale = '0'] = String(value).split('e');
  const text = `${digits}e${Number(scale) + exponent}`;
  return parseUsd(text) ?? roundNoise(text);
}

/** Digits finer than a nano-USD that are looked at: the longest text of a number has 17. */
const GUARD_DIGITS = 30;

function roundNoise(text: string): bigint | undefined {
  const [digits = '', scale = '0'] = text.split('e');
  const fine = parseUsd(`${digits}e${Number(scale) + GUARD_DIGITS}`);
  if (fine === undefined) return undefined;
  const unit = 10n ** BigInt(GUARD_DIGITS);
  const rounded = (fine + unit / 2n) / unit;
  const noise = fine > rounded * unit ? fine - rounded * unit : rounded * unit - fine;
  return noise * 1_000_000n < fine ? rounded : undefined;
}

/** Prices by kind, without the unknown ones. */
export function knownPrices<Kind extends string>(
  prices: Readonly<Partial<Record<Kind, bigint | undefined>>>,
): Readonly<Partial<Record<Kind, bigint>>> {
  const known = Object.entries(prices).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(known) as Readonly<Partial<Record<Kind, bigint>>>;
}

/** Whether both state the same input and output prices. */
export const agreeOnBase = (a: Prices, b: Prices): boolean => a.input === b.input && a.output === b.output;

/** Whether no price is stated. */
export const isEmpty = (prices: object): boolean => Object.keys(prices).length === 0;

/** Kinds whose price two sheets state differently. */
export const differingKinds = (a: Prices, b: Prices): (keyof Prices)[] =>
  PRICE_KINDS.filter((kind) => a[kind] !== b[kind]);
