import { fileURLToPath } from 'node:url';
import { textRequest } from '@switchyard/client';
import { CacheResult, CacheUse } from '@switchyard/contracts/routing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerRows, ledgerWith } from '../support/ledger-rows.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { runSwitchyard } from './run-switchyard.ts';

const PAIRS = fileURLToPath(new URL('../../libs/cli/examples/question-pairs.jsonl', import.meta.url));
const EMBEDDER = 'openai/text-embedding-3-small';

let started: TestFleet;

beforeAll(async () => {
  started = await startTestFleet({
    providers: ['primary', { id: 'openai', format: 'openai-chat', catalogId: 'openai' }],
    // A question whose vector comes later is answered by a model, and kept as it is worded.
    processEnv: { routing: { ROUTING_CACHE_SEMANTIC_WAIT_MS: '10000' } },
  });
});

afterAll(() => started?.[Symbol.asyncDispose]());

const run = (...args: string[]) => runSwitchyard(['cache', ...args], { env: started.fleet.devEnv });

interface Quality {
  readonly minSimilarity: number;
  readonly precision: number;
  readonly recall: number;
  readonly wrong: number;
}

/** The simulator knows words, not meaning: what is measured is that the default is strict, not how good a model is. */
test('the default threshold gives no wrong answer on the labelled pairs, a lax one does', {
  // The first command installs what it needs.
  timeout: 240_000,
}, async () => {
  const { code, out, err } = await run('evaluate', PAIRS, '--embedding-model', EMBEDDER, '--json');
  expect(code, err).toBe(0);
  const { pairs, quality } = JSON.parse(out) as { pairs: number; quality: Quality[] };
  expect(pairs).toBeGreaterThan(90);
  const at = (threshold: number) =>
    quality.find(({ minSimilarity }) => minSimilarity === threshold) as Quality;
  expect(at(0.97)).toMatchObject({ precision: 1, wrong: 0 });
  expect(at(0.97).recall).toBeGreaterThan(0.1);
  expect(at(0.8).wrong).toBeGreaterThan(5);
  expect(at(0.8).recall).toBeGreaterThan(at(0.97).recall);
  const table = await run('evaluate', PAIRS, '--embedding-model', EMBEDDER);
  expect(table.out).toMatch(/MIN SIMILARITY +PRECISION +RECALL +WRONG ANSWERS/);
});

test.each([
  [['evaluate', PAIRS], 'takes a file of pairs and --embedding-model'],
  [['stats', PAIRS], 'belong to "cache evaluate"'],
])('%j is not understood', async (args, message) => {
  const { code, err } = await run(...args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('a question that means nearly the same is answered from the cache, and the ledger has what its embedding cost', async () => {
  const [client] = started.clients;
  if (client === undefined) throw new TypeError('no client');
  const ask = (text: string) =>
    client.complete({
      ...textRequest('sim-fast', text),
      cache: { use: CacheUse.ON, semantic: { use: CacheUse.ON, embeddingModel: EMBEDDER } },
    });
  const first = await ask('How do I reset my password?');
  await expect
    .poll(async () => (await ask('how do I reset my password')).cache)
    .toMatchObject({ result: CacheResult.HIT_SEMANTIC, savedNanoUsd: first.cost?.totalNanoUsd });
  const embeddings = async () =>
    (await ledgerRows(started.fleet)).filter(({ purpose }) => purpose === 'semantic_cache');
  const rows = await ledgerWith(started.fleet, { rows: 2, withinMs: 30_000 }, embeddings);
  expect(rows.length).toBeGreaterThanOrEqual(2);
  expect(rows[0]).toMatchObject({ provider: 'openai', line: 'charge', outcome: 'ok' });
  expect(BigInt(rows[0]?.amount_nano_usd ?? 0)).toBeGreaterThan(0n);
  const { out } = await run();
  expect(out).toMatch(/hit-semantic/);
  expect(out).toMatch(/Spent on embeddings of \d+ questions: \$0\.0/);
});
