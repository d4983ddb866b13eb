import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@switchyard/service-kit';
import { afterAll, expect, it } from 'vitest';
import { openCatalog } from '../src/adapters/open-catalog.ts';
import { catalogPrices } from '../src/domain/price/catalog-prices.ts';

const folder = mkdtempSync(join(tmpdir(), 'cost-overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const priceOf = (file: string | undefined) => {
  const { digest, prices } = catalogPrices(openCatalog(file));
  const price = prices.find(({ provider, model }) => provider === 'openai' && model === 'gpt-4o-mini');
  return { digest, input: price?.input, source: price?.source };
};

it('charges the prices of an operator’s overlay, in a price book of their own', () => {
  const file = join(folder, 'ours.yaml');
  writeFileSync(
    file,
    'models: [{ provider: openai, model: gpt-4o-mini, prices: { unit: usd_per_million, input: 0.12, output: 0.5 } }]',
  );
  const [bundled, ours] = [priceOf(undefined), priceOf(file)];
  expect(bundled.input).toBe(150_000_000n);
  expect(ours).toMatchObject({ input: 120_000_000n, source: 'operator' });
  expect(ours.digest).not.toBe(bundled.digest);
});

it('says of a broken overlay where it is broken', () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'models: [{ provider: openai, model: m, prices: { input: 1 } }]');
  expect(() => openCatalog(file)).toThrow(ConfigError);
  expect(() => openCatalog(file)).toThrow(
    `COST_ACCOUNTING_CATALOG_OVERLAY: ${file}: models[0].prices.unit is not one of`,
  );
});
