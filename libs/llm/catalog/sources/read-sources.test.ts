import { expect, test } from 'vitest';
import type { SourceId } from '../../src/catalog/offering-prices.ts';
import { FILES, SourceError } from '../origins/raw-files.ts';
import { readRegistry } from '../registry/read-registry.ts';
import { DAY, readExcerpt } from '../testing/read-excerpt.ts';
import { readSources } from './read-sources.ts';

const registry = readRegistry();
const entries = readSources(readExcerpt(), { registry, day: DAY });

function entry(source: SourceId, provider: string, model: string) {
  const found = entries.find(
    (each) => each.source === source && each.provider === provider && each.model === model,
  );
  if (found === undefined) throw new Error(`${source} has no ${provider}/${model}`);
  return found;
}

test('models.dev: USD per million tokens, thresholds, requests by the thousand', () => {
  expect(entry('models.dev', 'openai', 'gpt-5.4')).toMatchObject({
    mode: 'chat',
    contextTokens: 1_050_000,
    prices: {
      base: { input: 2_500_000_000n, output: 15_000_000_000n, cacheRead: 250_000_000n },
      tiers: [{ aboveInputTokens: 272_000, prices: { input: 5_000_000_000n, output: 22_500_000_000n } }],
    },
  });
  expect(entry('models.dev', 'perplexity', 'sonar-deep-research').prices.base).toMatchObject({
    reasoning: 3_000_000_000n,
    request: 5_000_000_000_000n,
  });
});

test('models.dev: what gives pictures is no chat', () => {
  expect(entry('models.dev', 'google', 'gemini-2.5-flash-image').mode).toBe('image');
});

test('LiteLLM: USD per token, the provider cut off the key, service tiers, images', () => {
  expect(entry('litellm', 'openai', 'gpt-5.4').prices).toMatchObject({
    base: { input: 2_500_000_000n, output: 15_000_000_000n },
    serviceTiers: {
      batch: { base: { input: 1_250_000_000n, output: 7_500_000_000n } },
      flex: { base: { input: 1_250_000_000n, cacheRead: 130_000_000n } },
      priority: { base: { input: 5_000_000_000n, output: 30_000_000_000n } },
    },
  });
  // USD 0.04 an image.
  expect(entry('litellm', 'openai', 'dall-e-3')).toMatchObject({
    mode: 'image',
    prices: { units: { inputImage: 40_000_000_000_000n } },
  });
  expect(entry('litellm', 'alibaba', 'qwen3-max').prices.tiers.map((tier) => tier.aboveInputTokens)).toEqual([
    32_000, 128_000,
  ]);
});

test('LiteLLM: a row for one region says nothing of the others', () => {
  const rows = entries.filter(
    ({ source, provider, model }) =>
      source === 'litellm' && provider === 'azure' && model === 'gpt-4o-2024-08-06',
  );
  const regional = rows.flatMap(({ prices }) => prices.regional);
  expect(regional).toContainEqual({
    region: 'eu',
    prices: { input: 2_750_000_000n, output: 11_000_000_000n, cacheRead: 1_375_000_000n },
  });
  expect(rows.filter(({ prices }) => prices.base.input !== undefined)).toHaveLength(1);
});

test('LiteLLM: sizes, commitments and OpenRouter’s stale rows are left out', () => {
  const rows = { 'openrouter/openai/gpt-4o': { litellm_provider: 'openrouter', mode: 'chat' } };
  const files = readExcerpt({
    [FILES.litellm]: () => ({
      ...rows,
      '1024-x-1024/dall-e-3': { litellm_provider: 'openai', mode: 'image_generation' },
      'bedrock/us-east-1/1-month-commitment/cohere.command-text-v14': {
        litellm_provider: 'bedrock',
        mode: 'chat',
      },
    }),
  });
  expect(readSources(files, { registry, day: DAY }).filter(({ source }) => source === 'litellm')).toEqual([]);
});

test('Portkey: cents per token, batch, flex and priority, thresholds, regions', () => {
  const { prices } = entry('portkey', 'openai', 'gpt-5.4');
  expect(prices.base).toMatchObject({ input: 2_500_000_000n, output: 15_000_000_000n });
  expect(prices.tiers).toMatchObject([{ aboveInputTokens: 272_000, prices: { output: 22_500_000_000n } }]);
  expect(prices.serviceTiers).toMatchObject({
    batch: {
      base: { input: 1_250_000_000n },
      tiers: [{ aboveInputTokens: 272_000, prices: { output: 11_250_000_000n } }],
    },
    flex: { base: { cacheRead: 130_000_000n } },
    priority: { base: { output: 30_000_000_000n }, tiers: [] },
  });
  expect(prices.regional.map(({ region }) => region)).toEqual(
    expect.arrayContaining(['us', 'eu', 'au', 'jp', 'ae']),
  );
  expect(prices.regional[0]?.prices).toMatchObject({ input: 2_750_000_000n, output: 16_500_000_000n });
});

test('Portkey: the price of a search stands where others have that of a token', () => {
  // USD 2 for 1,000 searches.
  expect(entry('portkey', 'cohere', 'rerank-v3.5').prices).toMatchObject({
    base: {},
    units: { query: 2_000_000_000_000n },
  });
});

test('genai-prices: rules over names, dates, times of the day', () => {
  // USD 1 until 2026-07-30, and 0.20 from then on.
  const on = (day: string) =>
    readSources(readExcerpt(), { registry, day }).find(
      ({ source, model }) => source === 'genai-prices' && model === 'gpt-5.6-luna',
    )?.prices;
  expect(on('2026-07-29')?.base.input).toBe(1_000_000_000n);
  expect(on('2026-07-30')).toMatchObject({
    base: { input: 200_000_000n, output: 1_200_000_000n },
    tiers: [{ aboveInputTokens: 272_000, prices: { input: 400_000_000n } }],
  });
  // Cheaper at night: the price of the day is the one that nothing is dearer than.
  expect(entry('genai-prices', 'deepseek', 'deepseek-chat').prices.base.input).toBe(270_000_000n);
  // The rule says "starts with claude-sonnet-4-5", or as much.
  expect(entry('genai-prices', 'anthropic', 'claude-sonnet-4-5-20250929').prices.base.input).toBe(
    3_000_000_000n,
  );
});

test('pi-ai: USD per million tokens, by provider and dialect', () => {
  expect(entry('pi-ai', 'amazon-bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toMatchObject({
    statedBaseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
    prices: { base: { input: 3_300_000_000n, output: 16_500_000_000n } },
  });
});

test.each([
  ['cut off', (text: string) => text.slice(0, text.length >> 1), 'is not whole JSON'],
  ['no object', () => '[]', 'is not a JSON object'],
  ['missing', () => undefined, 'is missing'],
])('a file that is %s is an error that names it', (_, change, why) => {
  const files = new Map(readExcerpt());
  const text = change(files.get(FILES.litellm) ?? '');
  if (text === undefined) files.delete(FILES.litellm);
  else files.set(FILES.litellm, text);
  const read = () => readSources(files, { registry, day: DAY });
  expect(read).toThrow(SourceError);
  expect(read).toThrow(new RegExp(`^${FILES.litellm} ${why}`));
});
