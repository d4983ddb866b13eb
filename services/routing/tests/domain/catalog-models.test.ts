import { Provider } from '@switchyard/contracts/routing';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { expect, test } from 'vitest';
import { buildSnapshot } from '../../src/domain/snapshot/build-snapshot.ts';

const limits = { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 };

function offered(provider: Partial<Provider>): string[] {
  const { offerings } = buildSnapshot({
    configurationVersion: '1',
    providers: [
      Provider.fromPartial({ wireFormat: 'openai-chat', baseUrl: 'https://api.openai.com/v1', ...provider }),
    ],
    pools: [],
    policies: [],
    experiments: [],
    priceBook: { version: '', terms: [], prices: new Map() },
    healthVersion: '',
    health: new Map(),
    catalog: bundledCatalog(),
    defaultLimits: limits,
  });
  return offerings.map(({ model }) => model);
}

const ASKED_FOR: ReadonlySet<string> = new Set([
  ...['chat', 'embeddings', 'rerank', 'moderation'],
  ...['image', 'speech', 'transcription'],
]);

test('a provider without models offers those of the catalog that its wire format has words for, and that are still listed', () => {
  const models = offered({ id: 'openai' });
  expect(models).toEqual(
    expect.arrayContaining([
      ...['gpt-4o', 'gpt-4o-mini', 'gpt-5.5', 'text-embedding-3-small'],
      ...['gpt-image-1', 'tts-1', 'whisper-1', 'omni-moderation-latest'],
    ]),
  );
  const others = bundledCatalog()
    .offeringsOf('openai')
    .filter(({ mode, unlisted }) => !ASKED_FOR.has(mode) || unlisted)
    .map(({ model }) => model);
  expect(others).toEqual(expect.arrayContaining(['dall-e-2', 'gpt-5.5-pro', 'sora-2']));
  expect(models.filter((model) => others.includes(model))).toEqual([]);
});

test('a model that the catalog says is spoken to in another format is not offered in this one', () => {
  const catalog = bundledCatalog();
  const other = catalog
    .offeringsOf('azure')
    .find(({ mode, wireFormat }) => mode === 'chat' && wireFormat !== undefined);
  expect(other?.wireFormat).toBe('anthropic-messages');
  expect(offered({ id: 'azure', catalogId: 'azure' })).not.toContain(other?.model);
});

test('a model that an operator names is offered, whatever the catalog thinks of it', () => {
  expect(
    offered({ id: 'openai', models: [{ model: 'gpt-5.5-pro', catalogModel: '', capabilities: [] }] }),
  ).toEqual(['gpt-5.5-pro']);
});
