/** An amount of money in nano-USD (10^-9 USD). Never a floating point number. */
export type NanoUsd = bigint & { readonly __unit: 'nano-usd' };

/** A price in nano-USD per million units (tokens, requests, …). */
export type NanoUsdPerMillion = bigint & { readonly __unit: 'nano-usd-per-million' };

/** Nano-USD in one USD. */
const NANO_PER_USD = 1_000_000_000n;
const MILLION = 1_000_000n;

/** Marks a whole number as nano-USD. */
export const nanoUsd = (amount: bigint): NanoUsd => amount as NanoUsd;

/** Marks a whole number as nano-USD per million units. */
export const nanoUsdPerMillion = (price: bigint): NanoUsdPerMillion => price as NanoUsdPerMillion;

/**
 * Cost of some units at a price, rounded half up to a whole nano-USD. Each component of a cost is rounded once, here.
 *
 * @param units a count, from 0
 * @param price nano-USD per million units, from 0
 */
export function rate(units: number | bigint, price: NanoUsdPerMillion): NanoUsd {
  return ((BigInt(units) * price + MILLION / 2n) / MILLION) as NanoUsd;
}

/** Same as {@link rate}, rounded up: for upper bounds. */
export function rateCeiling(units: number | bigint, price: NanoUsdPerMillion): NanoUsd {
  return ((BigInt(units) * price + MILLION - 1n) / MILLION) as NanoUsd;
}

/** Sum of amounts. */
export function sum(amounts: Iterable<NanoUsd>): NanoUsd {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total as NanoUsd;
}

/** `1234567890n` → `"1.23456789"`: exact, in USD, without trailing zeros. */
export function formatUsd(amount: bigint): string {
  const sign = amount < 0n ? '-' : '';
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % NANO_PER_USD).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${absolute / NANO_PER_USD}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * Reads a decimal amount of USD ("0.15", "1e-7") as nano-USD, exactly.
 *
 * @returns `undefined` where the text is not a number or has a part finer than a nano-USD.
 */
export function parseUsd(text: string): NanoUsd | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const scale = 9 + Number(exponent) - fraction.length;
  const scaled = scale >= 0 ? digits * 10n ** BigInt(scale) : dividedExactly(digits, 10n ** BigInt(-scale));
  if (scaled === undefined) return undefined;
  return (sign === '-' ? -scaled : scaled) as NanoUsd;
}

function dividedExactly(value: bigint, divisor: bigint): bigint | undefined {
  return value % divisor === 0n ? value / divisor : undefined;
}
