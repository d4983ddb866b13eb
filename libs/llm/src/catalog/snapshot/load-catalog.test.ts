import { expect, test } from 'vitest';
import { bundledCatalog } from '../bundled-catalog.ts';
import { type CatalogProvider, isOptIn } from '../catalog-provider.ts';
import { pricesAt } from '../prices-at.ts';
import { checkCatalog, loadCatalog } from './load-catalog.ts';

const catalog = bundledCatalog();

test('every provider whose key is picked up is there, with its format, address and key variables', () => {
  const line = ({ id, wireFormat, baseUrl, keyVariables }: CatalogProvider) =>
    [id, wireFormat, baseUrl ?? '-', ...keyVariables].join(' ');
  const chosen = catalog.providers().filter(({ pickedUp, simulated }) => pickedUp || simulated);
  expect(chosen.map(line)).toEqual([
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
  expect(catalog.findOffering(provider, model)?.prices).toEqual(prices);
});

test('limits, capabilities and traits', () => {
  expect(catalog.findOffering('openai', 'gpt-5.5')).toMatchObject({
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
      'batch',
    ],
    traits: {
      sampling: false,
      reasoningEfforts: ['none', 'low', 'medium', 'high', 'xhigh'],
      reasoningBudget: 'none',
    },
    deprecated: false,
    canonicalModel: 'gpt-5.5',
  });
  expect(catalog.findOffering('anthropic', 'claude-haiku-4-5')?.traits).toEqual({
    sampling: undefined,
    reasoningEfforts: [],
    reasoningBudget: { min: 1024, max: undefined },
  });
});

test('long contexts have their own prices', () => {
  const pro = catalog.findOffering('google', 'gemini-2.5-pro');
  if (pro === undefined) throw new Error('missing');
  expect(pricesAt(pro, 200_000).input).toBe(1_250_000_000n);
  expect(pricesAt(pro, 200_001)).toEqual({
    input: 2_500_000_000n,
    output: 15_000_000_000n,
    cacheRead: 250_000_000n,
  });
});

test('offerings of the same model share their canonical name', () => {
  expect(catalog.findOffering('openrouter', 'openai/gpt-4o-mini')?.canonicalModel).toBe('gpt-4o-mini');
});

test('a paid provider gives nothing for free: a price of zero in the source is unknown', () => {
  const free = catalog
    .providers()
    .flatMap(({ id }) => catalog.offeringsOf(id))
    .filter(({ prices }) => Object.values(prices).includes(0n));
  const saysSo = ({ provider, model, mode }: (typeof free)[number]) =>
    model.endsWith(':free') || (provider === 'openai' && mode === 'moderation');
  expect(free.filter((offering) => !saysSo(offering)).map(({ model }) => model)).toEqual([]);
});

test('the simulated providers offer the same models at different prices, and say that they are simulated', () => {
  const simulated = catalog.providers().filter((provider) => provider.simulated);
  expect(simulated.map(({ id }) => id)).toEqual(['sim-openai', 'sim-anthropic', 'sim-gemini']);
  for (const model of ['sim-fast', 'sim-smart']) {
    const inputs = simulated.map(({ id }) => catalog.findOffering(id, model)?.prices.input);
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
  auth: ['bearer'],
  keyVariables: [],
  kind: 'first-party',
};
const row = ['m', 0, 0, 1, 0, 0, 0, [], 0, []];
const snapshot = {
  form: 2,
  sources: [{ id: 's', retrieved: '2026' }],
  count: 1,
  words: ['eu'],
  traits: [],
  providers: [provider],
  offerings: { p: [row] },
};
const withRow = (changes: Readonly<Record<number, unknown>>) => ({
  ...snapshot,
  offerings: { p: [Object.assign([...row], changes)] },
});

test('the least snapshot: what is not stated is unknown', () => {
  const loaded = checkCatalog(snapshot);
  expect(loaded.ok && loaded.value.findOffering('p', 'm')).toMatchObject({
    name: 'm',
    capabilities: ['text'],
    contextTokens: undefined,
    prices: {},
    tiers: [],
    priceConfidence: undefined,
    residency: [],
    traits: { sampling: undefined, reasoningEfforts: undefined, reasoningBudget: undefined },
  });
});

test('a vote is what it states, and the served price where it does not differ', () => {
  // Input and output are stated by both; the second differs in the output.
  const prices = [0, 5, 1, 7];
  const loaded = checkCatalog(
    withRow({
      7: prices,
      8: 1,
      9: [
        [0, 0b11],
        [1, 0b11, 1, 8],
      ],
    }),
  );
  expect(loaded.ok && loaded.value.findOffering('p', 'm')).toMatchObject({
    prices: { input: 5n, output: 7n },
    priceSource: 's 2026',
    priceConfidence: 1,
    priceVotes: [
      { source: 'models.dev', prices: { input: 5n, output: 7n } },
      { source: 'litellm', prices: { input: 5n, output: 8n } },
    ],
  });
});

test('residency is that of all stated regions', () => {
  const loaded = checkCatalog(withRow({ 10: { regions: [0] } }));
  expect(loaded.ok && loaded.value.findOffering('p', 'm')).toMatchObject({
    regions: ['eu'],
    residency: ['eu-west', 'eu-central'],
  });
});

test.each<[string, unknown]>([
  ['snapshot is not an object', []],
  ['snapshot.form is 1, not 2', { ...snapshot, form: 1 }],
  ['snapshot.providers holds an id twice', { ...snapshot, providers: [provider, provider] }],
  ['p offers m twice', { ...snapshot, count: 2, offerings: { p: [row, row] } }],
  ['snapshot.offerings has q, no provider', { ...snapshot, offerings: { q: [row] } }],
  ['snapshot.offerings holds 1 of 2: it is not whole', { ...snapshot, count: 2 }],
  ['snapshot.offerings.p[0][3] is not a count', withRow({ 3: -1 })],
  ['has a capability that is not known', withRow({ 3: 1 << 20 })],
  ['snapshot.offerings.p[0][2] is not in its table', withRow({ 2: 99 })],
  ['snapshot.offerings.p[0][7][1] is not a count', withRow({ 7: [0, 0.15] })],
  ['snapshot.offerings.p[0][7][1] is not a count', withRow({ 7: [0, -1] })],
  ['snapshot.offerings.p[0][7] lacks the price of its last kind', withRow({ 7: [0] })],
  ['snapshot.offerings.p[0][5] is not a count', withRow({ 5: '5' })],
  ['snapshot.offerings.p[0][10].price is not known', withRow({ 10: { price: 1 } })],
  [
    'snapshot.providers[0].wireFormat is not a text like',
    { ...snapshot, providers: [{ ...provider, wireFormat: 'Smoke signals' }] },
  ],
  ['snapshot.providers[0].kind is not one of', { ...snapshot, providers: [{ ...provider, kind: 'friend' }] }],
  [
    'the base URL of p is not an https URL',
    { ...snapshot, providers: [{ ...provider, baseUrl: 'http://p.test' }] },
  ],
  [
    'the base URL of p is not an https URL',
    { ...snapshot, providers: [{ ...provider, baseUrl: 'https://p.test/' }] },
  ],
])('refused: %s', (message, json) => {
  const loaded = checkCatalog(json);
  expect(loaded.ok ? '' : loaded.error).toContain(message);
});

test('a snapshot is in use without its offerings being read, and what is broken in one is said when it is', () => {
  const loaded = loadCatalog(withRow({ 5: 'x' }));
  expect(loaded.ok).toBe(true);
  expect(() => loaded.ok && loaded.value.offeringsOf('p')).toThrow(
    'snapshot.offerings.p[0][5] is not a count',
  );
});

test('every row of the bundled snapshot can be read', () => {
  const all = [...catalog.offerings()];
  expect(all.length).toBeGreaterThanOrEqual(3_000);
  expect(new Set(all.map((offering) => offering.provider)).size).toBeGreaterThanOrEqual(100);
  const core = all.filter(({ provider: id }) => {
    const entry = catalog.provider(id);
    return entry !== undefined && !isOptIn(entry);
  });
  expect(core.length).toBeGreaterThanOrEqual(3_000);
  expect(new Set(core.map((offering) => offering.provider)).size).toBeGreaterThanOrEqual(100);
});
