import { expect, test } from 'vitest';
import { bundledCatalog } from '../bundled-catalog.ts';
import { applyOverlay } from './apply-overlay.ts';
import { OverlayError } from './overlay.ts';
import { parseOverlay } from './parse-overlay.ts';

const catalog = bundledCatalog();
const overlaid = (text: string) => applyOverlay(catalog, parseOverlay(text, 'ours.yaml'));

const OURS = `
providers:
  - id: our-vllm
    name: Our own
    wire_format: openai-chat
    base_url: http://10.0.0.5:8000/v1
    residency: [eu-central]
    compliance_tags: [gdpr]
  - id: openai
    residency: [us-east, us-west]
models:
  - provider: our-vllm
    model: llama-3.3-70b
    capabilities: [text, streaming, tools]
    context_tokens: 131072
    prices: { unit: usd_per_million, input: 0.07, output: "0.28" }
    tiers:
      - { above_input_tokens: 65536, unit: usd_per_million, input: 0.14, output: 0.56 }
  - provider: openai
    model: gpt-4o-mini
    prices: { unit: usd_per_unit, input: 1.2e-7, output: 4.8e-7 }
    batch: { unit: nano_usd_per_million, input: 60000000, cache_read: 30000000, cache_write_1h: 90000000 }
    compliance_tags: [hipaa]
aliases:
  cheap: openai/gpt-4o-mini
`;

test('an operator’s own provider and model are offered like any other', () => {
  const ours = overlaid(OURS);
  expect(ours.provider('our-vllm')).toMatchObject({
    baseUrl: 'http://10.0.0.5:8000/v1',
    kind: 'local',
    pickedUp: false,
  });
  expect(ours.findOffering('our-vllm', 'llama-3.3-70b')).toMatchObject({
    capabilities: ['text', 'streaming', 'tools'],
    contextTokens: 131_072,
    maxOutputTokens: undefined,
    prices: { input: 70_000_000n, output: 280_000_000n },
    tiers: [{ aboveInputTokens: 65_536, prices: { input: 140_000_000n, output: 560_000_000n } }],
    priceSource: 'operator',
    residency: ['eu-central'],
    complianceTags: ['gdpr'],
  });
});

test('stated prices replace all that hang on the old ones; other facts stay', () => {
  const [before, after] = [catalog, overlaid(OURS)].map((each) => each.findOffering('openai', 'gpt-4o-mini'));
  expect(after).toMatchObject({
    prices: { input: 120_000_000n, output: 480_000_000n },
    tiers: [],
    serviceTiers: {
      batch: { prices: { input: 60_000_000n, cacheRead: 30_000_000n, cacheWrite1h: 90_000_000n } },
    },
    priceSource: 'operator',
    priceConfidence: 0,
    residency: ['us-east', 'us-west'],
    complianceTags: ['hipaa'],
    contextTokens: before?.contextTokens,
    capabilities: before?.capabilities,
  });
  expect(after?.prices.cacheRead).toBeUndefined();
  expect(before?.prices.input, 'the catalog itself stays as it is').toBe(150_000_000n);
});

test('tiers, service tiers and regional prices of the old price are gone with it', () => {
  const stated = 'prices: { unit: usd_per_million, input: 1, output: 2 }';
  const [before, after] = [
    catalog,
    overlaid(`models: [{ provider: openai, model: gpt-5.4, ${stated} }]`),
  ].map((each) => each.findOffering('openai', 'gpt-5.4'));
  expect(before?.tiers).not.toEqual([]);
  expect(before?.serviceTiers).toHaveProperty('batch');
  expect(before?.regionalPrices).not.toEqual([]);
  expect(after).toMatchObject({ tiers: [], serviceTiers: {}, regionalPrices: [] });
});

test('aliases are those of the overlay', () => {
  expect(catalog.aliases().size).toBe(0);
  expect(overlaid(OURS).aliases().get('cheap')).toEqual({ provider: 'openai', model: 'gpt-4o-mini' });
});

test('a changed address is not one that a key is picked up for', () => {
  const moved = overlaid('providers: [{ id: openai, base_url: https://proxy.example/v1 }]');
  expect(catalog.provider('openai')?.pickedUp).toBe(true);
  expect(moved.provider('openai')).toMatchObject({ baseUrl: 'https://proxy.example/v1', pickedUp: false });
});

test('an empty file changes nothing, and JSON is YAML', () => {
  expect([...overlaid('').offerings()].length).toBe([...catalog.offerings()].length);
  expect(overlaid('{"aliases": {"a": "openai/gpt-4o"}}').aliases().size).toBe(1);
});

const model = (fields: string) => `models: [{ provider: openai, model: m, ${fields} }]`;

test.each([
  ['models: [', 'ours.yaml: '],
  ['- a', 'ours.yaml:  is not an object'],
  ['prices: []', 'ours.yaml: prices is not known'],
  [model('price: 1'), 'ours.yaml: models[0].price is not known'],
  [
    'providers: [{ id: x, wireFormat: openai-chat }]',
    'ours.yaml: providers[0].wireFormat is not known: did you mean wire_format?',
  ],
  [
    model('max_OutputTokens: 1'),
    'ours.yaml: models[0].max_OutputTokens is not known: did you mean max_output_tokens?',
  ],
  [
    model('prices: { unit: usd_per_million, cacheWrite1h: 1 }'),
    'ours.yaml: models[0].prices.cacheWrite1h is not known: did you mean cache_write_1h?',
  ],
  [
    model('tiers: [{ unit: usd_per_million, aboveInputTokens: 1 }]'),
    'ours.yaml: models[0].tiers[0].aboveInputTokens is not known: did you mean above_input_tokens?',
  ],
  ['models: [{ provider: openai }]', 'ours.yaml: models[0].model is not a text'],
  [
    model('prices: { input: 1 }'),
    'ours.yaml: models[0].prices.unit is not one of usd_per_million, usd_per_thousand, usd_per_unit, nano_usd_per_million',
  ],
  [model('prices: { unit: eur_per_million, input: 1 }'), 'ours.yaml: models[0].prices.unit is not one of'],
  [
    model('prices: { unit: usd_per_unit, input: 0.15 }'),
    'ours.yaml: models[0].prices.input is 0.15 usd_per_unit, USD 150000 per million: is the unit right?',
  ],
  [
    model('prices: { unit: nano_usd_per_million, input: 0.15 }'),
    'ours.yaml: models[0].prices.input is 0.15 nano_usd_per_million, which is no whole number of nano-USD per million',
  ],
  [
    model('prices: { unit: usd_per_million, input: -1 }'),
    'ours.yaml: models[0].prices.input is not a decimal number',
  ],
  [
    model('prices: { unit: usd_per_million, input: free }'),
    'ours.yaml: models[0].prices.input is not a decimal number',
  ],
  [model('context_tokens: 128k'), 'ours.yaml: models[0].context_tokens is not a count'],
  [model('residency: [mars]'), 'ours.yaml: models[0].residency has mars, which is none of us-east'],
  [model('capabilities: [fly]'), 'ours.yaml: models[0].capabilities has fly, which is none of text'],
  [
    'models: [{ provider: nobody, model: m }]',
    'ours.yaml: models[0].provider is nobody, which neither the catalog nor this file has',
  ],
  [
    'providers: [{ id: new-one }]',
    'ours.yaml: providers[0].wire_format is required: the catalog has no new-one',
  ],
  ['providers: [{ id: x, base_url: ftp://x }]', 'ours.yaml: providers[0].base_url is not a text like'],
  ['aliases: { a: gpt-4o }', 'ours.yaml: aliases.a is not a text like'],
  [
    'aliases: { a: openai/gpt-none }',
    'ours.yaml: aliases.a is openai/gpt-none, which neither the catalog nor this file has',
  ],
  ['models: []\nmodels: []', 'ours.yaml: Map keys must be unique'],
  [
    `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]`,
    'ours.yaml: Excessive alias count',
  ],
  [`# ${'x'.repeat(4 * 1024 * 1024)}`, 'ours.yaml: it has 4194306 characters'],
])('%.60s is refused: %s', (text, why) => {
  expect(() => overlaid(text)).toThrow(OverlayError);
  expect(() => overlaid(text)).toThrow(why);
});

test('units that are no tokens have prices of their own, which come from the operator', () => {
  const stated = (prices: string) =>
    overlaid(`models: [{ provider: cohere, model: rerank-v3.5, unit_prices: ${prices} }]`);
  const before = catalog.findOffering('cohere', 'rerank-v3.5');
  const offering = stated('{ unit: usd_per_unit, query: 0.0015 }').findOffering('cohere', 'rerank-v3.5');
  expect(before?.unitPrices).toEqual({ query: 2_000_000_000_000n });
  expect(offering).toMatchObject({
    unitPrices: { query: 1_500_000_000_000n },
    prices: before?.prices,
    priceSource: 'operator',
  });
  expect(() => stated('{ unit: usd_per_unit, query: 1500 }')).toThrow(/query is 1500 .*is the unit right/);
  expect(() => stated('{ unit: usd_per_unit, page: 1 }')).toThrow(/page/);
});
