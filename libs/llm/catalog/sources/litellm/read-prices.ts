import { SERVICE_TIERS, type ServiceTier } from '../../../src/catalog/offering-prices.ts';
import { isObject, type JsonObject } from '../../../src/formats/json.ts';
import type { Prices } from '../../../src/rating/prices.ts';
import { decimalPrice, isEmpty, knownPrices, PER_UNIT } from '../decimal-price.ts';
import { positive } from '../positive.ts';
import type { PriceSheet } from '../source-entry.ts';

const KINDS = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cacheRead: 'cache_read_input_token_cost',
  cacheWrite: 'cache_creation_input_token_cost',
  cacheWrite1h: 'cache_creation_input_token_cost_above_1hr',
  reasoning: 'output_cost_per_reasoning_token',
  inputAudio: 'input_cost_per_audio_token',
  outputAudio: 'output_cost_per_audio_token',
  request: 'input_cost_per_request',
} as const satisfies Record<keyof Prices, string>;

const UNITS = {
  inputImage: 'input_cost_per_image',
  outputImage: 'output_cost_per_image',
  inputImageToken: 'input_cost_per_image_token',
  outputImageToken: 'output_cost_per_image_token',
  inputAudioSecond: 'input_cost_per_audio_per_second',
  outputVideoSecond: 'output_cost_per_video_per_second',
  inputVideoSecond: 'input_cost_per_video_per_second',
  inputCharacter: 'input_cost_per_character',
  outputCharacter: 'output_cost_per_character',
  inputPixel: 'input_cost_per_pixel',
  outputPixel: 'output_cost_per_pixel',
  page: 'ocr_cost_per_page',
  query: 'input_cost_per_query',
} as const;

/** What the fields of a service tier end in. */
const TIER_ENDINGS: Readonly<Record<ServiceTier, string>> = {
  batch: '_batches',
  flex: '_flex',
  priority: '_priority',
};

/** A row's prices: USD per unit, one field for each. */
export function readPrices(row: JsonObject): PriceSheet {
  return {
    base: kindsOf(row, ''),
    tiers: [...tiersOf(row, ''), ...rangesOf(row)],
    serviceTiers: serviceTiersOf(row),
    units: unitsOf(row),
    regional: [],
  };
}

function kindsOf(row: JsonObject, ending: string): Prices {
  const prices = Object.entries(KINDS).map(([kind, field]) => [
    kind,
    decimalPrice(row[field + ending], PER_UNIT),
  ]);
  return knownPrices(Object.fromEntries(prices));
}

/** `…_above_200k_tokens`, for every threshold that a field names. */
function tiersOf(row: JsonObject, ending: string): PriceSheet['tiers'] {
  const thresholds = Object.keys(row).map(
    (field) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(field)?.[1],
  );
  return [...new Set(thresholds.filter((size) => size !== undefined))]
    .map((size) => ({
      aboveInputTokens: Number(size) * 1_000,
      prices: kindsOf(row, `_above_${size}k_tokens${ending}`),
    }))
    .filter(({ prices }) => !isEmpty(prices))
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens);
}

/** `tiered_pricing`: ranges of input tokens; the first is the base. */
function rangesOf(row: JsonObject): PriceSheet['tiers'] {
  const ranges = Array.isArray(row.tiered_pricing) ? row.tiered_pricing.filter(isObject) : [];
  return ranges.slice(1).flatMap((range) => {
    const above = Array.isArray(range.range) ? positive(range.range[0]) : undefined;
    const prices = kindsOf(range, '');
    return above === undefined || isEmpty(prices) ? [] : [{ aboveInputTokens: above, prices }];
  });
}

function serviceTiersOf(row: JsonObject): PriceSheet['serviceTiers'] {
  const found = SERVICE_TIERS.map((name) => {
    const ending = TIER_ENDINGS[name];
    return [name, { base: kindsOf(row, ending), tiers: tiersOf(row, ending) }] as const;
  });
  return Object.fromEntries(found.filter(([, { base }]) => !isEmpty(base)));
}

function unitsOf(row: JsonObject): PriceSheet['units'] {
  const units = Object.entries(UNITS).map(([kind, field]) => [kind, decimalPrice(row[field], PER_UNIT)]);
  const seconds = {
    inputAudioSecond: decimalPrice(row.input_cost_per_second, PER_UNIT),
    outputAudioSecond: decimalPrice(row.output_cost_per_second, PER_UNIT),
  };
  return knownPrices({ ...seconds, ...(knownPrices(Object.fromEntries(units)) as object) });
}
