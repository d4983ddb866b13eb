import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundledCatalog } from '../src/catalog/bundled-catalog.ts';
import { readRegistry } from './registry/read-registry.ts';
import { EXCERPT } from './testing/read-excerpt.ts';

// 30 offerings, drawn at random from the priced ones, against the sources' own rows. Nothing of the refresh is used: rows
// are looked up by hand, and prices are compared as decimals.

type Json = Readonly<Record<string, unknown>>;
const read = (path: string) => JSON.parse(readFileSync(join(EXCERPT, path), 'utf8'));
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((found, key) => (found as Json | undefined)?.[key], value);

const MODELS_DEV = read('models.dev_api.json');
const LITELLM: Json = read('litellm_model_prices_and_context_window.json');
const GENAI_PRICES: Json[] = read('genai-prices_v2_data.json');
const drawn: { provider: string; model: string }[] = read('random-offerings.json');
const registry = readRegistry();

/** A decimal of a source, moved by a power of ten: digits only, without a float in between. */
function nanoUsdPerMillion(value: unknown, exponent: number): bigint | undefined {
  if (typeof value !== 'number' || value === 0) return undefined;
  const [mantissa = '', power = '0'] = value.toPrecision(15).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = 9 + exponent + Number(power) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
}

type Stated = readonly [input: unknown, output: unknown, exponent: number, contextTokens?: unknown];

/** What a source's rows say of a model; undefined where they do not have it. */
const LOOKUPS: Readonly<Record<string, (provider: string, model: string) => Stated | undefined>> = {
  'models.dev': (provider, model) => {
    const [id = provider] = registry.provider(provider)?.sourceIds['models.dev'] ?? [];
    const row = at(MODELS_DEV, id, 'models', model);
    return row && [at(row, 'cost', 'input'), at(row, 'cost', 'output'), 0, at(row, 'limit', 'context')];
  },
  litellm: (_, model) => {
    const row = Object.entries(LITELLM).find(([key]) => key === model || key.endsWith(`/${model}`))?.[1];
    return row && [at(row, 'input_cost_per_token'), at(row, 'output_cost_per_token'), 6];
  },
  portkey: (provider, model) => {
    const [id = ''] = registry.provider(provider)?.sourceIds.portkey ?? [];
    const rates = at(read(`portkey/pricing/${id}.json`), model, 'pricing_config', 'pay_as_you_go');
    return rates && [at(rates, 'request_token', 'price'), at(rates, 'response_token', 'price'), 4];
  },
  'genai-prices': (provider, model) => {
    const [id = ''] = registry.provider(provider)?.sourceIds['genai-prices'] ?? [];
    const models = at(
      GENAI_PRICES.find((each) => each.id === id),
      'models',
    ) as Json[] | undefined;
    const prices = at(
      models?.find((each) => each.id === model),
      'prices',
    );
    return prices && [at(prices, 'input_mtok'), at(prices, 'output_mtok'), 0];
  },
  'pi-ai': (provider, model) => {
    const [id = ''] = registry.provider(provider)?.sourceIds['pi-ai'] ?? [];
    const dialects: Json = read(`pi-ai/${id}.json`);
    const row = Object.values(dialects)
      .map((models) => at(models, `chat:${model}`))
      .find(Boolean);
    return row && [at(row, 'cost', 'input'), at(row, 'cost', 'output'), 0];
  },
} as Readonly<Record<string, (provider: string, model: string) => Stated | undefined>>;

test('30 were drawn', () => expect(drawn).toHaveLength(30));

test.each(drawn)('$provider/$model has the prices and limits of its sources', ({ provider, model }) => {
  const offering = bundledCatalog().findOffering(provider, model);
  if (offering === undefined) throw new Error('not in the catalog');
  const [source = ''] = offering.priceSource.split(' ');
  const stated = LOOKUPS[source]?.(provider, model);
  if (stated === undefined) throw new Error(`${source} does not have it`);
  const [input, output, exponent] = stated;
  expect({ input: offering.prices.input, output: offering.prices.output }).toEqual({
    input: nanoUsdPerMillion(input, exponent),
    output: nanoUsdPerMillion(output, exponent),
  });
  const context = LOOKUPS['models.dev']?.(provider, model)?.[3];
  if (context !== undefined && context !== 0) expect(offering.contextTokens).toBe(context);
});
