import { expect, test } from 'vitest';
import { FILES } from '../origins/raw-files.ts';
import { DAY, readExcerpt, refreshExcerpt } from '../testing/read-excerpt.ts';

const { catalog } = refreshExcerpt();

function offering(provider: string, model: string) {
  const found = catalog.findOffering(provider, model);
  if (found === undefined) throw new Error(`no ${provider}/${model}`);
  return found;
}

test.each([
  ['openai', 'gpt-4o', 'chat'],
  ['openai', 'gpt-5.5-pro', 'responses'],
  ['openai', 'dall-e-3', 'image'],
  ['openai', 'text-embedding-3-small', 'embeddings'],
  ['openai', 'whisper-1', 'transcription'],
  ['google', 'gemini-2.5-flash-image', 'image'],
  ['cohere', 'rerank-v3.5', 'rerank'],
])('%s/%s is asked for %s', (provider, model, mode) => {
  expect(offering(provider, model).mode).toBe(mode);
});

test('capabilities are stated, or marked as derived', () => {
  const { capabilities, derivedCapabilities } = offering('openai', 'gpt-5.4');
  expect(capabilities).toEqual([
    'text',
    'vision',
    'code',
    'tools',
    'structured_output',
    'streaming',
    'reasoning',
    'long_context',
    'batch',
  ]);
  expect(derivedCapabilities).toEqual(['text', 'code', 'long_context']);
  expect(offering('groq', 'openai/gpt-oss-120b').derivedCapabilities).toContain('streaming');
  expect(offering('openai', 'text-embedding-3-small').capabilities).not.toContain('text');
});

test('a batch price is half, a flex price too, priority twice; long inputs have their own', () => {
  const { serviceTiers } = offering('openai', 'gpt-5.4');
  expect(serviceTiers.batch).toMatchObject({
    prices: { input: 1_250_000_000n, output: 7_500_000_000n },
    tiers: [{ aboveInputTokens: 272_000, prices: { input: 2_500_000_000n, output: 11_250_000_000n } }],
  });
  expect(serviceTiers.flex?.prices.input).toBe(1_250_000_000n);
  expect(serviceTiers.priority?.prices.output).toBe(30_000_000_000n);
});

test('Bedrock’s prefixes are regions, and cost more; without one the region is the endpoint’s', () => {
  const plain = offering('amazon-bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0');
  const eu = offering('amazon-bedrock', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0');
  expect([plain.regions, plain.residency]).toEqual([[], []]);
  expect([eu.regions, eu.residency]).toEqual([['eu'], ['eu-west', 'eu-central']]);
  expect(eu.prices.input).toBe(3_300_000_000n);
  expect(plain.prices.input).toBe(3_000_000_000n);
  expect(offering('google-vertex', 'zai-org/glm-4.7-maas').residency).toEqual(['global']);
});

test('prices of a region stand beside the base ones', () => {
  expect(offering('azure', 'gpt-4o-2024-08-06').regionalPrices).toContainEqual({
    region: 'eu',
    prices: { input: 2_750_000_000n, output: 11_000_000_000n, cacheRead: 1_375_000_000n },
  });
});

test('a moving alias is marked, and its target is said only where it is known', () => {
  const { isAlias, aliasOf } = offering('mistral', 'mistral-small-latest');
  expect([isAlias, aliasOf]).toEqual([true, undefined]);
  const dated = { id: 'mistral-small-2603', name: 'M', release_date: '2026-03-16' };
  const files = readExcerpt({
    [FILES.modelsDev]: (data: { mistral: { models: Record<string, { release_date: string }> } }) => {
      const latest = data.mistral.models['mistral-small-latest'];
      return {
        ...data,
        mistral: {
          ...data.mistral,
          models: {
            ...data.mistral.models,
            [dated.id]: { ...latest, ...dated, release_date: latest?.release_date },
            'mistral-small-2201': { ...latest, id: 'mistral-small-2201', release_date: '2022-01-01' },
          },
        },
      };
    },
  });
  expect(refreshExcerpt(files).catalog.findOffering('mistral', 'mistral-small-latest')?.aliasOf).toBe(
    dated.id,
  );
});

test('a price of zero is unknown: a subscription pays, or nobody knows', () => {
  expect(offering('zai-coding-plan', 'glm-5.1').prices).toEqual({});
  expect(offering('zai', 'glm-4.5-flash').prices).toEqual({});
  expect(offering('openrouter', 'google/gemma-4-31b-it:free').prices).toMatchObject({
    input: 0n,
    output: 0n,
  });
});

test('a provider that is not in the registry has no address and no key variables, whatever the data says', () => {
  const files = readExcerpt({
    [FILES.modelsDev]: (data: object) => ({
      ...data,
      'evil.example': {
        id: 'evil.example',
        api: 'https://evil.example/v1',
        env: ['OPENAI_API_KEY'],
        models: { m: { id: 'm', modalities: { input: ['text'], output: ['text'] } } },
      },
    }),
  });
  const refreshed = refreshExcerpt(files);
  expect(refreshed.catalog.provider('evil-example')).toMatchObject({
    kind: 'unreviewed',
    baseUrl: undefined,
    keyVariables: [],
    pickedUp: false,
  });
  expect(refreshed.foreignUrls).toContainEqual({
    provider: 'evil-example',
    source: 'models.dev',
    stated: 'https://evil.example/v1',
    ours: undefined,
  });
});

test('an address in the data never replaces the registry’s', () => {
  const files = readExcerpt({
    [FILES.modelsDev]: (data: { openai: object }) => ({
      ...data,
      openai: { ...data.openai, api: 'https://evil.example/v1' },
    }),
  });
  const refreshed = refreshExcerpt(files);
  expect(refreshed.catalog.provider('openai')?.baseUrl).toBe('https://api.openai.com/v1');
  expect(refreshed.foreignUrls).toMatchObject([{ provider: 'openai', stated: 'https://evil.example/v1' }]);
  expect(refreshExcerpt().foreignUrls, 'a region in place of its placeholder is no other host').toEqual([]);
});

test('what only price lists have may be gone, where others list what there is', () => {
  const files = readExcerpt({
    [FILES.litellm]: (data: Record<string, object>) => ({
      ...data,
      'gpt-forgotten': data['gpt-4o'],
      'azure/gpt-forgotten': data['azure/gpt-4o'],
      'tts-unheard-of': { litellm_provider: 'openai', mode: 'audio_speech', input_cost_per_character: 1e-5 },
    }),
  });
  const refreshed = refreshExcerpt(files).catalog;
  const isUnlisted = (provider: string, model: string) => refreshed.findOffering(provider, model)?.unlisted;
  expect(isUnlisted('openai', 'gpt-forgotten')).toBe(true);
  expect(isUnlisted('openai', 'gpt-4o')).toBe(false);
  expect(isUnlisted('openai', 'tts-unheard-of'), 'nobody lists its speech').toBe(false);
  expect(isUnlisted('azure', 'gpt-forgotten'), 'a cloud has more than anyone lists').toBe(false);
});

test('what is deprecated on the day is marked', () => {
  const gone = readExcerpt({
    [FILES.litellm]: (data: Record<string, object>) => ({
      ...data,
      'gpt-4o': { ...data['gpt-4o'], deprecation_date: DAY },
    }),
  });
  expect(refreshExcerpt(gone).catalog.findOffering('openai', 'gpt-4o')).toMatchObject({
    deprecated: true,
    deprecatedOn: DAY,
  });
});
