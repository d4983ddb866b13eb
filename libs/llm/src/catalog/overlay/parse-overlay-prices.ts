import { formatUsd, parseUsd } from '@switchyard/kernel';
import { PRICE_KINDS, type Prices } from '../../rating/prices.ts';
import type { PriceTier } from '../offering-prices.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SnapshotObject } from '../snapshot/snapshot-object.ts';

/** Units that prices may be stated in, and the power of ten to USD per million. */
const UNITS = {
  usd_per_million: 0,
  usd_per_thousand: 3,
  usd_per_unit: 6,
  nano_usd_per_million: -9,
} as const;
const UNIT_NAMES = Object.keys(UNITS) as (keyof typeof UNITS)[];

/** What the prices are called in a file. */
const PRICE_FIELDS = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  reasoning: 'reasoning',
  inputAudio: 'input_audio',
  outputAudio: 'output_audio',
  request: 'request',
} as const satisfies Record<keyof Prices, string>;
const FIELD_NAMES = Object.values(PRICE_FIELDS);

/** Per million tokens; nobody asks for more. A request may cost as much as USD 1. */
const HIGHEST = { token: 10_000_000_000_000n, request: 1_000_000_000_000_000n };

/** Prices of an overlay: `unit` must be said, and each price is a decimal in it, as a number or a text. Zero is free. */
export function parseOverlayPrices(object: SnapshotObject): Prices {
  return pricesIn(object, ['unit', ...FIELD_NAMES]);
}

/** Prices above so many input tokens, smallest first. */
export function parseOverlayTiers(tiers: readonly SnapshotObject[]): readonly PriceTier[] {
  const parsed = tiers.map((tier) => ({
    prices: pricesIn(tier, ['unit', 'above_input_tokens', ...FIELD_NAMES]),
    aboveInputTokens: tier.count('above_input_tokens'),
  }));
  return Object.freeze(
    parsed.sort((a, b) => a.aboveInputTokens - b.aboveInputTokens).map((tier) => Object.freeze(tier)),
  );
}

function pricesIn(object: SnapshotObject, fields: readonly string[]): Prices {
  object.only(fields);
  const unit = object.oneOf('unit', UNIT_NAMES);
  const known = PRICE_KINDS.filter((kind) => object.has(PRICE_FIELDS[kind]));
  return Object.freeze(Object.fromEntries(known.map((kind) => [kind, priceAt(object, kind, unit)])));
}

function priceAt(object: SnapshotObject, kind: keyof Prices, unit: keyof typeof UNITS): bigint {
  const field = PRICE_FIELDS[kind];
  const text = object.decimal(field);
  const [digits = '', scale = '0'] = text.toLowerCase().split('e');
  const price = parseUsd(`${digits}e${Number(scale) + UNITS[unit]}`);
  const where = `${object.path}.${field}`;
  if (price === undefined || price < 0n)
    throw new SnapshotError(`${where} is ${text} ${unit}, which is no whole number of nano-USD per million`);
  if (price > (kind === 'request' ? HIGHEST.request : HIGHEST.token))
    throw new SnapshotError(
      `${where} is ${text} ${unit}, USD ${formatUsd(price)} per million: is the unit right?`,
    );
  return price;
}
