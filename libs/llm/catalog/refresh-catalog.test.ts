import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundledCatalog } from '../src/catalog/bundled-catalog.ts';
import { countCatalog, findShrinking } from './guards/refuse-shrinking.ts';
import { SNAPSHOT_PATH } from './index.ts';
import { FILES, FOLDERS } from './origins/raw-files.ts';
import { readRegistry } from './registry/read-registry.ts';
import { readSources } from './sources/read-sources.ts';
import { DAY, readExcerpt, refreshExcerpt } from './testing/read-excerpt.ts';
import { verifySample } from './verify-sample.ts';

const present = refreshExcerpt().catalog;

test('the same sources give the same snapshot, and no difference', () => {
  const again = refreshExcerpt(readExcerpt(), present);
  expect(again.text).toBe(refreshExcerpt().text);
  expect(again.diff).toEqual({
    addedProviders: [],
    removedProviders: [],
    changedBaseUrls: [],
    added: [],
    removed: [],
    priceChanges: [],
    otherChanges: [],
  });
  expect(again.shrinking).toEqual([]);
});

test('the difference names what is new, gone and changed', () => {
  const files = readExcerpt({
    [FILES.modelsDev]: (data: { groq: { models: Record<string, object> } }) => {
      const { 'openai/gpt-oss-120b': old, ...others } = data.groq.models;
      const renamed = { ...others, 'openai/gpt-oss-121b': { ...old, id: 'openai/gpt-oss-121b' } };
      return { ...data, groq: { ...data.groq, models: renamed }, newcomer: { models: { m: { id: 'm' } } } };
    },
    [`${FOLDERS.piAi}/deepseek.json`]: (data: Record<string, Record<string, { cost: object }>>) => {
      const [[dialect, models] = ['', {}]] = Object.entries(data);
      const [[key, model] = ['', { cost: {} }]] = Object.entries(models);
      return { [dialect]: { [key]: { ...model, cost: { ...model.cost, input: 1.5 } } } };
    },
  });
  const { diff } = refreshExcerpt(files, present);
  expect(diff).toMatchObject({
    addedProviders: ['newcomer'],
    removedProviders: [],
    added: ['groq/openai/gpt-oss-121b', 'newcomer/m'],
    removed: [],
  });
  expect(diff?.priceChanges).toContainEqual({
    provider: 'deepseek',
    model: 'deepseek-v4-pro',
    kind: 'input',
    before: 1_320_000_000n,
    after: 1_500_000_000n,
  });
  // models.dev alone knew which settings it takes.
  expect(diff?.otherChanges).toEqual(['groq/openai/gpt-oss-120b']);
});

test('the difference names prices of service tiers, too', () => {
  const files = readExcerpt({
    [`${FOLDERS.portkeyPricing}/openai.json`]: (data: Record<string, object>) => ({ ...data, 'gpt-5.4': {} }),
    [FILES.litellm]: (data: Record<string, object>) => ({
      ...data,
      'gpt-5.4': { ...data['gpt-5.4'], input_cost_per_token_batches: 1.3e-6 },
    }),
  });
  expect(refreshExcerpt(files, present).diff?.otherChanges).toEqual(['openai/gpt-5.4']);
});

test('a refresh that keeps less than 70 % of the offerings or providers is refused', () => {
  const files = readExcerpt({ [FILES.modelsDev]: () => ({}), [FILES.litellm]: () => ({}) });
  const { shrinking } = refreshExcerpt(files, present);
  expect(shrinking).toContainEqual(expect.stringMatching(/^only \d+ of \d+ offerings would be left$/));
  expect(shrinking).toContainEqual(expect.stringMatching(/^only \d+ of \d+ providers would be left$/));
});

test('a source that breaks is seen although the others have its models', () => {
  const { shrinking } = refreshExcerpt(readExcerpt({ [FILES.genaiPrices]: () => [] }), present);
  expect(shrinking).toEqual([
    expect.stringMatching(/^only 0 of \d+ price votes of genai-prices would be left$/),
  ]);
});

test.each([
  [69, ['only 69 of 100 offerings would be left']],
  [70, []],
  [200, []],
])('of 100, %d are left', (left, refused) => {
  expect(findShrinking(new Map([['offerings', 100]]), new Map([['offerings', left]]))).toEqual(refused);
  expect(findShrinking(new Map([['offerings', 100]]), new Map([['offerings', left]]), 50)).toEqual([]);
});

test('absurd prices are set aside and told, with what is served instead', () => {
  const { quarantined, catalog } = refreshExcerpt();
  expect(quarantined).toContainEqual(
    expect.objectContaining({
      provider: 'openai',
      model: 'gpt-audio-mini',
      kind: 'inputAudio',
      absurd: ['portkey'],
      agreed: 10_000_000_000n,
    }),
  );
  expect(catalog.findOffering('openai', 'gpt-audio-mini')?.prices.inputAudio).toBe(10_000_000_000n);
  // Two votes a thousand times apart: nobody knows, so nothing is served.
  expect(quarantined).toContainEqual(
    expect.objectContaining({ model: 'MiniMaxAI/MiniMax-M2.5', kind: 'input', agreed: undefined }),
  );
  expect(catalog.findOffering('together', 'MiniMaxAI/MiniMax-M2.5')?.prices.input).toBeUndefined();
});

test('the comparison with the sources finds a price that is not theirs', () => {
  const files = readExcerpt();
  const entries = readSources(files, { registry: readRegistry(), day: DAY });
  const sample = { catalog: present, entries, count: 1_000, random: () => 0 };
  expect(verifySample({ ...sample, files })).toMatchObject({ differences: [] });
  const other = readExcerpt({
    [FILES.modelsDev]: (data: { groq: { models: Record<string, { cost: object }> } }) => {
      const model = data.groq.models['openai/gpt-oss-120b'];
      const changed = { ...model, cost: { ...model?.cost, input: 0.150000001 } };
      return { ...data, groq: { ...data.groq, models: { 'openai/gpt-oss-120b': changed } } };
    },
  });
  expect(verifySample({ ...sample, files: other }).differences).toEqual([
    'groq/openai/gpt-oss-120b: input is 150000000, and models.dev has 0.150000001',
  ]);
});

test('the bundled snapshot is larger than the least, and small enough to read', () => {
  const counts = countCatalog(bundledCatalog());
  expect(counts.get('offerings')).toBeGreaterThanOrEqual(3_000);
  expect(counts.get('providers')).toBeGreaterThanOrEqual(100);
  expect(readFileSync(SNAPSHOT_PATH).length).toBeLessThan(4_000_000);
});
