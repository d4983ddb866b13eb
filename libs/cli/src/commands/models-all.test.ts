import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../run-cli.ts';

interface Entry {
  readonly provider: string;
  readonly model: string;
  readonly capabilities: string[];
  readonly contextTokens?: number;
  readonly pricesPerMillionNanoUsd: { readonly input?: string };
  readonly residency: string[];
  readonly optIn: boolean;
  readonly wireFormat: string;
  readonly wireFormatSpoken: boolean;
  readonly priceSource: string;
}

async function run(...args: string[]) {
  let out = '';
  let err = '';
  // No key and no address: nothing is asked of anyone.
  const code = await runCli({
    args: ['models', '--all', ...args],
    env: {},
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    signal: AbortSignal.timeout(20_000),
  });
  return { code, out, err };
}

async function list(...args: string[]): Promise<Entry[]> {
  const { code, out, err } = await run('--json', ...args);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

test('the whole catalog, configured or not: 3,000 entries and more at 100 providers and more', async () => {
  const all = await list();
  expect(all.length).toBeGreaterThanOrEqual(3_000);
  expect(new Set(all.map(({ provider }) => provider)).size).toBeGreaterThanOrEqual(100);
  expect(all.every(({ provider, model }) => provider !== '' && model !== '')).toBe(true);
  expect(all.find(({ provider }) => provider === 'deepgram')).toMatchObject({
    optIn: false,
    wireFormat: 'deepgram',
    wireFormatSpoken: false,
  });
  expect(all.find(({ provider }) => provider === 'openrouter')).toMatchObject({
    optIn: true,
    wireFormatSpoken: true,
  });
});

test('filters hold together, and what is unknown passes none', async () => {
  const found = await list(
    '--provider=openai',
    '--capability=vision,tools',
    '--max-input-price=0.5',
    '--min-context=200000',
  );
  expect(found.length).toBeGreaterThan(0);
  for (const { provider, capabilities, pricesPerMillionNanoUsd, contextTokens } of found) {
    expect(provider).toBe('openai');
    expect(capabilities).toEqual(expect.arrayContaining(['vision', 'tools']));
    expect(BigInt(pricesPerMillionNanoUsd.input ?? '999999999999')).toBeLessThanOrEqual(500_000_000n);
    expect(contextTokens).toBeGreaterThanOrEqual(200_000);
  }
});

test('only what is stated to be in a region is found by it', async () => {
  const found = await list('--region', 'eu-central');
  expect(found.length).toBeGreaterThan(0);
  for (const { residency } of found) expect(residency).toContain('eu-central');
  const named = await list('--region', 'eu');
  expect(named.map(({ model }) => model)).toContain('eu.anthropic.claude-sonnet-4-5-20250929-v1:0');
});

test('an overlay’s entries are listed too, and a broken overlay is named with its field', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-overlay-'));
  try {
    const file = join(folder, 'ours.yaml');
    writeFileSync(
      file,
      'models: [{ provider: openai, model: ours, prices: { unit: usd_per_million, input: 1 } }]',
    );
    const found = await list('--provider', 'openai', '--overlay', file);
    expect(found.find(({ model }) => model === 'ours')).toMatchObject({
      pricesPerMillionNanoUsd: { input: '1000000000' },
      priceSource: 'operator',
    });
    writeFileSync(file, 'models: [{ provider: openai, model: ours, prices: { unit: usd, input: 1 } }]');
    const { code, err } = await run('--overlay', file);
    expect([code, err]).toEqual([1, expect.stringContaining(`${file}: models[0].prices.unit is not one of`)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('people get a table', async () => {
  const { out } = await run('--provider', 'groq');
  expect(out).toMatch(/^MODEL +INPUT +OUTPUT +CONTEXT +REGION +CAPABILITIES\ngroq\//);
});
