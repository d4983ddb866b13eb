import { expect, test } from 'vitest';
import { convertModelsDev } from './convert-models-dev.ts';
import { FIRST_PARTY_PROVIDERS, type ProviderEntry } from './first-party-providers.ts';

const provider = (id: string): ProviderEntry => {
  const found = FIRST_PARTY_PROVIDERS.find((each) => each.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

const TEXT = { input: ['text'], output: ['text'] };

function convert(model: object, id = 'openai') {
  const entry = provider(id);
  const source = { [entry.sourceId]: { models: { m: { id: 'm', modalities: TEXT, ...model } } } };
  return convertModelsDev(source, entry);
}

test('prices are turned into whole nano-USD, exactly', () => {
  expect(
    convert({ cost: { input: 0.15, output: 0.6, cache_read: 0.0028, input_audio: 1 } })[0]?.prices,
  ).toEqual({
    input: 150_000_000,
    output: 600_000_000,
    cacheRead: 2_800_000,
    inputAudio: 1_000_000_000,
  });
});

test.each([
  ['zero', { input: 0, output: 1 }, { output: 1_000_000_000 }],
  ['negative', { input: -1, output: 1 }, { output: 1_000_000_000 }],
  ['finer than a nano-USD', { input: 1e-10, output: 1 }, { output: 1_000_000_000 }],
  ['beyond reason', { input: 1e6, output: 1 }, { output: 1_000_000_000 }],
  ['no number', { input: '1', output: 1 }, { output: 1_000_000_000 }],
  ['no price at all', { input: 0, output: 0 }, undefined],
])('a price that is %s is unknown', (_, cost, prices) => {
  expect(convert({ cost })[0]?.prices).toEqual(prices);
});

test('a model that is free by its name is free', () => {
  expect(convert({ id: 'x/y:free', cost: { input: 0, output: 0 } }, 'openrouter')[0]?.prices).toEqual({
    input: 0,
    output: 0,
  });
});

test('Anthropic’s cache writes follow its published multiples where the source does not know them', () => {
  expect(convert({ cost: { input: 3, output: 15, cache_write: 0.3 } }, 'anthropic')[0]?.prices).toMatchObject(
    {
      cacheWrite: 3_750_000_000,
      cacheWrite1h: 6_000_000_000,
    },
  );
  expect(
    convert({ cost: { input: 0.25, output: 1, cache_write: 0.3 } }, 'anthropic')[0]?.prices?.cacheWrite,
  ).toBe(300_000_000);
});

test('a cache write cheaper than plain input is another unit’s price', () => {
  expect(
    convert({ cost: { input: 0.3, output: 1, cache_write: 0.083333 } }, 'openrouter')[0]?.prices,
  ).not.toHaveProperty('cacheWrite');
});

test.each([
  ['pictures', { modalities: { output: ['text', 'image'] } }],
  ['sound', { modalities: { output: ['audio'] } }],
  ['embeddings', { id: 'text-embedding-3-small' }],
  ['the Responses API only', { id: 'gpt-5.5-pro' }],
])('what answers with %s is left out', (_, model) => {
  expect(convert(model)).toEqual([]);
});

test('limits of zero are unknown, tiers are sorted', () => {
  const [offering] = convert({
    limit: { context: 0, output: 0 },
    cost: {
      input: 1,
      output: 1,
      tiers: [
        { tier: { size: 300 }, input: 3, output: 3 },
        { tier: { size: 200 }, input: 2, output: 2 },
      ],
    },
  });
  expect(offering).toMatchObject({ contextTokens: undefined, maxOutputTokens: undefined });
  expect(offering?.tiers?.map(({ aboveInputTokens }) => aboveInputTokens)).toEqual([200, 300]);
});
