import { expect, test } from 'vitest';
import type { SourceId } from '../../src/catalog/offering-prices.ts';
import type { Prices } from '../../src/rating/prices.ts';
import { NO_PRICES, type SourceEntry } from '../sources/source-entry.ts';
import { mergePrices } from './merge-prices.ts';

const entry = (source: SourceId, base: Prices, about: Partial<SourceEntry> = {}): SourceEntry => ({
  source,
  provider: 'p',
  model: 'm',
  can: new Set(),
  cannot: new Set(),
  regions: [],
  at: [],
  prices: { ...NO_PRICES, base },
  ...about,
});

test('the source that knows the provider best is served, all votes are kept', () => {
  const entries = [
    entry('litellm', { input: 5n, output: 9n }),
    entry('models.dev', { input: 4n, output: 8n }),
    entry('pi-ai', { input: 3n, output: 7n }),
  ];
  expect(mergePrices(entries, 'cloud')).toMatchObject({
    source: 'litellm',
    prices: { input: 5n, output: 9n },
  });
  expect(mergePrices(entries, 'inference-host')).toMatchObject({ source: 'models.dev' });
  const { source, prices, votes } = mergePrices(entries, 'first-party');
  expect([source, prices]).toEqual(['pi-ai', { input: 3n, output: 7n }]);
  expect(votes.map((vote) => vote.source)).toEqual(['pi-ai', 'models.dev', 'litellm']);
});

test('what it does not state comes from one with the same price list, and from no other', () => {
  const { prices } = mergePrices(
    [
      entry('pi-ai', { input: 3n, output: 7n }),
      entry('models.dev', { input: 4n, output: 8n, cacheRead: 2n, inputAudio: 6n }),
      entry('portkey', { input: 3n, output: 7n, cacheRead: 1n }),
    ],
    'first-party',
  );
  expect(prices).toEqual({ input: 3n, output: 7n, cacheRead: 1n });
});

test('an absurd price of the best source gives way to the majority, which is then whose price it is', () => {
  const merged = mergePrices(
    [
      entry('models.dev', { input: 3_000n, output: 7n }),
      entry('portkey', { input: 3n, output: 7n }),
      entry('litellm', { input: 3n, output: 7n }),
    ],
    'inference-host',
  );
  expect(merged).toMatchObject({ source: 'portkey', prices: { input: 3n, output: 7n } });
  expect(merged.quarantined).toMatchObject([{ kind: 'input', absurd: ['models.dev'], agreed: 3n }]);
});

test('a majority with another price list says nothing of the served one’s cache', () => {
  const { prices } = mergePrices(
    [
      entry('pi-ai', { input: 30n, output: 70n, cacheRead: 50n }),
      entry('models.dev', { input: 4n, output: 8n, cacheRead: 2n }),
      entry('portkey', { input: 4n, output: 8n, cacheRead: 2n }),
      entry('litellm', { input: 20n, output: 70n, cacheRead: 2n }),
    ],
    'first-party',
  );
  expect(prices).toEqual({ input: 30n, output: 70n });
});

test.each<[string, Prices, Prices]>([
  ['zero', { input: 0n, output: 1n }, { output: 1n }],
  ['no price at all', { input: 0n, output: 0n }, {}],
  ['beyond reason', { input: 10n ** 16n, output: 1n }, { output: 1n }],
  ['a write cheaper than plain input', { input: 9n, output: 9n, cacheWrite: 3n }, { input: 9n, output: 9n }],
  ['reasoning at the output’s price', { input: 1n, output: 9n, reasoning: 9n }, { input: 1n, output: 9n }],
  ['audio by the file', { input: 1n, output: 9n, inputAudio: 1_000n }, { input: 1n, output: 9n }],
])('a price that is %s is not served', (_, stated, served) => {
  expect(mergePrices([entry('models.dev', stated)], 'first-party').prices).toEqual(served);
});

test('what OpenRouter calls free is free, and what another calls so is unknown', () => {
  const free = { input: 0n, output: 0n };
  const named = { model: 'x/y:free' };
  expect(
    mergePrices([entry('models.dev', free, { ...named, provider: 'openrouter' })], 'aggregator').prices,
  ).toEqual(free);
  expect(
    mergePrices([entry('models.dev', free, { ...named, provider: 'kilo' })], 'aggregator').prices,
  ).toEqual({});
});

test('Anthropic’s cache writes follow its published multiples where no source knows them', () => {
  const merge = (base: Prices) =>
    mergePrices([entry('models.dev', base, { provider: 'anthropic' })], 'first-party').prices;
  expect(merge({ input: 3_000n, output: 15_000n, cacheWrite: 300n })).toMatchObject({
    cacheWrite: 3_750n,
    cacheWrite1h: 6_000n,
  });
  expect(merge({ input: 250n, output: 1_000n, cacheWrite: 300n }).cacheWrite).toBe(300n);
});
