import { type JsonObject, objectAt } from '../../../src/formats/json.ts';
import type { Prices } from '../../../src/rating/prices.ts';
import { CENTS_PER_UNIT, decimalPrice, knownPrices } from '../decimal-price.ts';

/** The prices of one `pay_as_you_go`, or of a `batch_config`. */
export function kindsOf(rates: JsonObject): Prices {
  const units = objectAt(rates, 'additional_units') ?? {};
  return knownPrices({
    input: priceAt(rates, 'request_token') ?? priceAt(rates, 'request_text_token'),
    output: priceAt(rates, 'response_token') ?? priceAt(rates, 'response_text_token'),
    cacheRead: priceAt(rates, 'cache_read_input_token') ?? priceAt(rates, 'cache_read_text_input_token'),
    cacheWrite: priceAt(rates, 'cache_write_input_token'),
    cacheWrite1h: priceAt(units, 'cache_write_1h'),
    reasoning: priceAt(rates, 'reasoning_token'),
    inputAudio: priceAt(rates, 'request_audio_token') ?? priceAt(units, 'request_audio_token'),
    outputAudio: priceAt(rates, 'response_audio_token') ?? priceAt(units, 'response_audio_token'),
  });
}

/** The source writes 0 wherever it has nothing to say: 0 is not stated. */
export function priceAt(rates: JsonObject, name: string): bigint | undefined {
  return decimalPrice(objectAt(rates, name)?.price, CENTS_PER_UNIT) || undefined;
}
