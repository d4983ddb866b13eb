import { formatUsd, parseUsd } from '@switchyard/kernel';
import { PRICE_KINDS, type Prices } from '../../rating/prices.ts';
import { CHARGED_UNITS, type ChargedUnit, type ChargedUnitPrices } from '../../rating/unit-prices.ts';
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

/** What prices of other units are called. */
const UNIT_FIELDS = {
  query: 'query',
  outputImage: 'output_image',
  inputImageToken: 'input_image_token',
  outputImageToken: 'output_image_token',
  inputAudioSecond: 'input_audio_second',
  outputAudioSecond: 'output_audio_second',
  inputCharacter: 'input_character',
} as const satisfies Record<ChargedUnit, string>;

/** Per million tokens, characters or seconds; nobody asks for more. */
const HIGHEST = 10_000_000_000_000n;
/** A request, a search or an image may cost as much as USD 1. */
const HIGHEST_WHOLE = 1_000_000_000_000_000n;
const WHOLE_FIELDS: ReadonlySet<string> = new Set(['request', 'query', 'output_image']);

/** Prices of an overlay: `unit` must be said, and each price is a decimal in it, as a number or a text. Zero is free. */
export function parseOverlayPrices(object: SnapshotObject): Prices {
  return pricesIn(object, ['unit', ...FIELD_NAMES]);
}

/** Prices of units that are no text or audio tokens, stated in the same way. */
export function parseOverlayUnitPrices(object: SnapshotObject): ChargedUnitPrices {
  object.only(['unit', ...Object.values(UNIT_FIELDS)]);
  const unit = object.oneOf('unit', UNIT_NAMES);
  const known = CHARGED_UNITS.filter((kind) => object.has(UNIT_FIELDS[kind]));
  return Object.freeze(
    Object.fromEntries(known.map((kind) => [kind, priceAt(object, UNIT_FIELDS[kind], unit)])),
  );
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
  return Object.freeze(
    Object.fromEntries(known.map((kind) => [kind, priceAt(object, PRICE_FIELDS[kind], unit)])),
  );
}

function priceAt(object: SnapshotObject, field: string, unit: keyof typeof UNITS): bigint {
  const text = object.decimal(field);
  const [digits = '', scale = '0'] = text.toLowerCase().split('e');
  const price = parseUsd(`${digits}e${Number(scale) + UNITS[unit]}`);
  const where = `${object.path}.${field}`;
  if (price === undefined || price < 0n)
    throw new SnapshotError(`${where} is ${text} ${unit}, which is no whole number of nano-USD per million`);
  if (price > (WHOLE_FIELDS.has(field) ? HIGHEST_WHOLE : HIGHEST))
    throw new SnapshotError(
      `${where} is ${text} ${unit}, USD ${formatUsd(price)} per million: is the unit right?`,
    );
  return price;
}
