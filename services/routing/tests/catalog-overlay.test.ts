import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Provider } from '@switchyard/contracts/routing';
import { ConfigError } from '@switchyard/service-kit';
import { afterAll, expect, test } from 'vitest';
import { openCatalog } from '../src/adapters/open-catalog.ts';
import { buildSnapshot } from '../src/domain/snapshot/build-snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'routing-overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function overlay(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const priced = (unit: string) =>
  `models: [{ provider: openai, model: ours, context_tokens: 5000, prices: { unit: ${unit}, input: 1 } }]`;

test('without an overlay the catalog is the bundled one; with one, the operator’s models are in it', () => {
  expect(openCatalog(undefined).findOffering('openai', 'ours')).toBeUndefined();
  const catalog = openCatalog(overlay('good.yaml', priced('usd_per_million')));
  expect(catalog.findOffering('openai', 'ours')).toMatchObject({
    contextTokens: 5_000,
    prices: { input: 1_000_000_000n },
  });
});

test('a broken overlay, or none where one is named, is an error of the configuration', () => {
  const broken = overlay('broken.yaml', priced('eur_per_million'));
  expect(() => openCatalog(broken)).toThrow(ConfigError);
  expect(() => openCatalog(broken)).toThrow(
    `ROUTING_CATALOG_OVERLAY: ${broken}: models[0].prices.unit is not one of`,
  );
  expect(() => openCatalog(join(folder, 'absent.yaml'))).toThrow(/ROUTING_CATALOG_OVERLAY: ENOENT/);
});

test('routing does not start on a broken overlay, and says what to mend', () => {
  const file = overlay('unknown.yaml', 'models: [{ provider: nobody, model: m }]');
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    encoding: 'utf8',
    timeout: 110_000,
    env: {
      ROUTING_CATALOG_OVERLAY: file,
      ROUTING_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
      ROUTING_API_KEY: 'none',
      ROUTING_STATE_DIR: folder,
      NATS_URL: 'nats://127.0.0.1:1',
      ROUTING_GRPC_PORT: '0',
      ROUTING_OPS_PORT: '0',
      ROUTING_HTTP_PORT: '0',
      SWITCHYARD_LOG_LEVEL: 'silent',
    },
  });
  expect(status).toBe(1);
  expect(stderr).toBe(
    `routing: cannot start: configuration:\n  ROUTING_CATALOG_OVERLAY: ${file}: models[0].provider is nobody, which neither the catalog nor this file has\n`,
  );
}, 120_000);

test('an alias of the overlay may be asked for as a model', () => {
  const catalog = openCatalog(overlay('alias.yaml', 'aliases: { house-model: openai/gpt-4o-mini }'));
  const { byModel } = buildSnapshot({
    configurationVersion: '1',
    providers: [
      Provider.fromPartial({
        id: 'eu',
        catalogId: 'openai',
        wireFormat: 'openai-chat',
        baseUrl: 'https://eu.example',
      }),
    ],
    pools: [],
    policies: [],
    experiments: [],
    priceBook: { version: '', terms: [], prices: new Map() },
    healthVersion: '',
    health: new Map(),
    catalog,
    defaultLimits: { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
  });
  expect(byModel.get('house-model')?.map(({ key }) => key)).toEqual(['/eu/gpt-4o-mini']);
});
