import { SERVICE_TIERS } from '../../../src/catalog/offering-prices.ts';
import { isObject, type JsonObject, objectAt } from '../../../src/formats/json.ts';
import { isEmpty, knownPrices } from '../decimal-price.ts';
import type { PriceSheet } from '../source-entry.ts';
import { kindsOf, priceAt } from './rates.ts';
import { readTiered } from './read-tiered.ts';

/** A model's prices: cents per unit; service tiers and regions in `custom_pricing`, or a plain `batch_config`. */
export function readPrices(row: JsonObject): PriceSheet {
  const config = objectAt(row, 'pricing_config') ?? {};
  const payAsYouGo = objectAt(config, 'pay_as_you_go') ?? {};
  const custom = objectAt(row, 'custom_pricing') ?? {};
  const regions = objectAt(custom, 'regions') ?? {};
  const modes = objectAt(objectAt(regions, 'default') ?? {}, 'execution_modes') ?? {};
  const standard = readTiered(objectAt(modes, 'standard'), custom);
  const plainBatch = kindsOf(objectAt(config, 'batch_config') ?? {});
  return {
    base: kindsOf(payAsYouGo),
    tiers: standard.tiers,
    serviceTiers: {
      ...(isEmpty(plainBatch) ? {} : { batch: { base: plainBatch, tiers: [] } }),
      ...serviceTiersOf(modes, custom),
    },
    units: unitsOf(payAsYouGo),
    regional: regionalOf(regions, custom),
  };
}

function unitsOf(rates: JsonObject): PriceSheet['units'] {
  const images = objectAt(objectAt(rates, 'image') ?? {}, 'default') ?? {};
  return knownPrices({
    outputImage: priceAt(images, 'default'),
    inputImageToken: priceAt(rates, 'request_image_token'),
    outputImageToken: priceAt(rates, 'response_image_token'),
    inputImage: priceAt(objectAt(rates, 'additional_units') ?? {}, 'input_image'),
    outputVideoSecond: priceAt(objectAt(rates, 'additional_units') ?? {}, 'video_seconds'),
  });
}

function serviceTiersOf(modes: JsonObject, custom: JsonObject): PriceSheet['serviceTiers'] {
  const found = SERVICE_TIERS.map((name) => [name, readTiered(objectAt(modes, name), custom)] as const);
  return Object.fromEntries(found.filter(([, { base }]) => !isEmpty(base)));
}

/** Regions are listed with commas between them. */
function regionalOf(regions: JsonObject, custom: JsonObject): PriceSheet['regional'] {
  return Object.entries(regions).flatMap(([names, region]) => {
    if (names === 'default' || !isObject(region)) return [];
    const { base } = readTiered(objectAt(objectAt(region, 'execution_modes') ?? {}, 'standard'), custom);
    return isEmpty(base) ? [] : names.split(',').map((name) => ({ region: name.trim(), prices: base }));
  });
}
