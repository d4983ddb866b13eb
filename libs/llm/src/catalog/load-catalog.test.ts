import { expect, test } from 'vitest';
import { bundledCatalog } from './bundled-catalog.ts';
import type { CatalogProvider } from './catalog.ts';
import { loadCatalog } from './load-catalog.ts';
import { pricesAt } from './prices-at.ts';

const catalog = bundledCatalog();

test('every first-party provider is there, with its format, address and key variables', () => {
  const line = ({ id, wireFormat, baseUrl, keyVariables }: CatalogProvider) =>
    [id, wireFormat, baseUrl ?? '-', ...keyVariables].join(' ');
  expect(catalog.providers().map(line)).toEqual([
    'openai openai-chat https://api.openai.com/v1 OPENAI_API_KEY',
    'anthropic anthropic-messages https://api.anthropic.com/v1 ANTHROPIC_API_KEY',
    'google gemini https://generativelanguage.googleapis.com/v1beta GEMINI_API_KEY GOOGLE_API_KEY GOOGLE_GENERATIVE_AI_API_KEY',
    'xai openai-chat https://api.x.ai/v1 XAI_API_KEY GROK_API_KEY',
    'mistral openai-chat https://api.mistral.ai/v1 MISTRAL_API_KEY',
    'groq openai-chat https://api.groq.com/openai/v1 GROQ_API_KEY',
    'deepseek openai-chat https://api.deepseek.com DEEPSEEK_API_KEY',
    'openrouter openai-chat https://openrouter.ai/api/v1 OPENROUTER_API_KEY',
    'together openai-chat https://api.together.xyz/v1 TOGETHER_API_KEY',
    'fireworks openai-chat https://api.fireworks.ai/inference/v1 FIREWORKS_API_KEY',
    'sim-openai openai-chat -',
    'sim-anthropic anthropic-messages -',
    'sim-gemini gemini -',
  ]);
  expect(catalog.provider('nobody')).toBeUndefined();
});

// Prices from the providers' pages, July 2026: openai.com/api/pricing, claude.com/pricing, ai.google.dev/pricing.
test.each([
  ['openai', 'gpt-4o-mini', { input: 150_000_000n, cacheRead: 75_000_000n, output: 600_000_000n }],
  [
    'anthropic',
    'claude-sonnet-4-5',
    {
      input: 3_000_000_000n,
      cacheRead: 300_000_000n,
      cacheWrite: 3_750_000_000n,
      cacheWrite1h: 6_000_000_000n,
      output: 15_000_000_000n,
    },
  ],
  [
    'google',
    'gemini-2.5-flash',
    { input: 300_000_000n, cacheRead: 30_000_000n, inputAudio: 1_000_000_000n, output: 2_500_000_000n },
  ],
  ['deepseek', 'deepseek-chat', { input: 140_000_000n, cacheRead: 2_800_000n, output: 280_000_000n }],
])('prices of %s/%s', (provider, model, prices) => {
  expect(catalog.findModel(provider, model)?.prices).toEqual(prices);
});

test('limits, capabilities and traits', () => {
  expect(catalog.findModel('openai', 'gpt-5.5')).toMatchObject({
    contextTokens: 1_050_000,
    maxOutputTokens: 128_000,
    capabilities: [
      'text',
      'vision',
      'code',
      'tools',
      'structured_output',
      'streaming',
      'reasoning',
      'long_context',
    ],
    traits: {
      sampling: false,
      reasoningEfforts: ['none', 'low', 'medium', 'high', 'xhigh'],
      reasoningBudget: 'none',
    },
    deprecated: false,
    canonicalModel: 'gpt-5.5',
  });
  expect(catalog.findModel('anthropic', 'claude-haiku-4-5')?.traits).toEqual({
    sampling: undefined,
    reasoningEfforts: [],
    reasoningBudget: { min: 1024, max: undefined },
  });
});

test('long contexts have their own prices', () => {
  const pro = catalog.findModel('google', 'gemini-2.5-pro');
  if (pro === undefined) throw new Error('missing');
  expect(pricesAt(pro, 200_000).input).toBe(1_250_000_000n);
  expect(pricesAt(pro, 200_001)).toEqual({
    input: 2_500_000_000n,
    output: 15_000_000_000n,
    cacheRead: 250_000_000n,
  });
});

test('offerings of the same model share their canonical name', () => {
  expect(catalog.findModel('openrouter', 'openai/gpt-4o-mini')?.canonicalModel).toBe('gpt-4o-mini');
});

test('a paid provider gives nothing for free: a price of zero in the source is unknown', () => {
  const free = catalog
    .providers()
    .flatMap(({ id }) => catalog.offeringsOf(id))
    .filter(({ prices }) => Object.values(prices).includes(0n));
  expect(free.filter(({ model }) => !model.endsWith(':free')).map(({ model }) => model)).toEqual([]);
});

test('the simulated providers offer the same models at different prices, and say that they are simulated', () => {
  const simulated = catalog.providers().filter((provider) => provider.simulated);
  expect(simulated.map(({ id }) => id)).toEqual(['sim-openai', 'sim-anthropic', 'sim-gemini']);
  for (const model of ['sim-fast', 'sim-smart']) {
    const inputs = simulated.map(({ id }) => catalog.findModel(id, model)?.prices.input);
    expect(new Set(inputs).size).toBe(3);
    expect(inputs).not.toContain(undefined);
  }
});

test('a loaded catalog cannot be changed', () => {
  const [offering] = catalog.offeringsOf('openai');
  for (const part of [
    offering,
    offering?.prices,
    offering?.capabilities,
    offering?.traits,
    catalog.provider('openai'),
  ]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
  expect(Object.isFrozen(catalog.offeringsOf('openai'))).toBe(true);
});

const provider = {
  id: 'p',
  name: 'P',
  wireFormat: 'openai-chat',
  baseUrl: 'https://p.test/v1',
  keyVariables: [],
};
const offering = { provider: 'p', model: 'm', name: 'M', capabilities: ['text'] };
const snapshot = { form: 1, source: 's', providers: [provider], offerings: [offering] };

test('the least snapshot: what is not stated is unknown', () => {
  const loaded = loadCatalog(snapshot);
  expect(loaded.ok && loaded.value.findModel('p', 'm')).toMatchObject({
    contextTokens: undefined,
    prices: {},
    tiers: [],
    traits: { sampling: undefined, reasoningEfforts: undefined, reasoningBudget: undefined },
  });
});

test.each<[string, unknown]>([
  ['snapshot is not an object', []],
  ['snapshot.form is 2, not 1', { ...snapshot, form: 2 }],
  ['snapshot.source is not a text', { ...snapshot, source: '' }],
  ['snapshot.providers holds an id twice', { ...snapshot, providers: [provider, provider] }],
  ['p offers m twice', { ...snapshot, offerings: [offering, offering] }],
  ['m is offered by an unknown provider', { ...snapshot, offerings: [{ ...offering, provider: 'q' }] }],
  ['magic is not a capability', { ...snapshot, offerings: [{ ...offering, capabilities: ['magic'] }] }],
  ['snapshot.offerings[0].price is not known', { ...snapshot, offerings: [{ ...offering, price: 1 }] }],
  [
    'snapshot.offerings[0].prices.input is not a count',
    { ...snapshot, offerings: [{ ...offering, prices: { input: 0.15 } }] },
  ],
  [
    'snapshot.offerings[0].prices.input is not a count',
    { ...snapshot, offerings: [{ ...offering, prices: { input: -1 } }] },
  ],
  [
    'snapshot.offerings[0].contextTokens is not a count',
    { ...snapshot, offerings: [{ ...offering, contextTokens: '5' }] },
  ],
  [
    'snapshot.providers[0].wireFormat is not one of',
    { ...snapshot, providers: [{ ...provider, wireFormat: 'smoke' }] },
  ],
  [
    'the base URL of p is not an https URL',
    { ...snapshot, providers: [{ ...provider, baseUrl: 'http://p.test' }] },
  ],
  [
    'the base URL of p is not an https URL',
    { ...snapshot, providers: [{ ...provider, baseUrl: 'https://p.test/' }] },
  ],
])('refused: %s', (message, json) => {
  const loaded = loadCatalog(json);
  expect(loaded.ok ? '' : loaded.error).toContain(message);
});
