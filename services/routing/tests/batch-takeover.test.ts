import { randomUUID } from 'node:crypto';
import { newApiKey } from '@switchyard/kernel';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { FormData, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let databaseUrl: string;
let owner: pg.Client;
let routing: RoutingUnderTest;
let used = 0;
let model: string;

const env = { ROUTING_API_KEY: newApiKey() };
const start = () =>
  startRouting({ databaseUrl, natsUrl: servers.nats.url, subjectPrefix: servers.nats.prefix, env });

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  routing = await start();
  await routing.addProvider({ id: 'sim', baseUrl: `${simulator.providers.sim?.baseUrl}/v1` });
});

beforeEach(() => {
  model = MODELS[used++] as string;
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await owner?.end();
  await routing?.[Symbol.asyncDispose]();
  await simulator?.close();
});

interface Batch {
  readonly id: string;
  readonly status: string;
  readonly error_file_id: string | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
}

const calls = () => simulator.stats().providers.sim?.models[model]?.received ?? 0;
const idIn = (publicId: string) => publicId.slice('batch_'.length);

async function begin(lines: number): Promise<string> {
  const texts = Array.from({ length: lines }, (_, i) =>
    JSON.stringify({
      custom_id: `l${i + 1}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content: `Number ${i}` }] },
    }),
  );
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([texts.join('\n')]), 'lines.jsonl');
  const file = await fetch(`${routing.httpUrl}/v1/files`, { method: 'POST', body: form });
  const answer = await fetch(`${routing.httpUrl}/v1/batches`, {
    method: 'POST',
    body: JSON.stringify({
      input_file_id: ((await file.json()) as Batch).id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    }),
  });
  return ((await answer.json()) as Batch).id;
}

const get = async (id: string) =>
  (await (await fetch(`${routing.httpUrl}/v1/batches/${id}`)).json()) as Batch;
const completed = (id: string) =>
  vi.waitFor(
    async () => {
      const batch = await get(id);
      expect(batch.status).toBe('completed');
      return batch;
    },
    { timeout: 60_000, interval: 100 },
  );

test('lines that a dead process left under way are not asked again, and told as interrupted', {
  timeout: 90_000,
}, async () => {
  simulator.setFaults({ provider: 'sim', rules: [{ fault: { type: 'delay', firstTokenMs: 3_000 } }] });
  const id = await begin(40);
  // As it stands after a process died with two lines under way: nobody holds the batch.
  await owner.query(
    `INSERT INTO routing.batch_lines (tenant, batch_id, number, lease_id)
     SELECT tenant, id, number, $2 FROM routing.batches, unnest(ARRAY[39, 40]) AS number WHERE id = $1`,
    [idIn(id), randomUUID()],
  );
  const batch = await completed(id);
  expect(batch.request_counts).toEqual({ total: 40, completed: 38, failed: 2 });
  expect(calls()).toBe(38);
  const errors = await (await fetch(`${routing.httpUrl}/v1/files/${batch.error_file_id}/content`)).text();
  const told = errors
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as { custom_id: string; error: { code: string } });
  expect(told.map(({ custom_id, error }) => [custom_id, error.code])).toEqual([
    ['l39', 'interrupted'],
    ['l40', 'interrupted'],
  ]);
});

test('a replica that stops gives its batches back: lines that wait are answered by the next one', {
  timeout: 90_000,
}, async () => {
  simulator.setFaults({
    provider: 'sim',
    rules: [{ fault: { type: 'status', status: 429, retryAfter: 60 } }],
  });
  const id = await begin(30);
  await expect.poll(calls).toBeGreaterThan(0);
  await routing[Symbol.asyncDispose]();
  const { rows } = await owner.query('SELECT lease_id, state FROM routing.batches WHERE id = $1', [idIn(id)]);
  expect(rows).toEqual([{ lease_id: null, state: 'in_progress' }]);
  simulator.clearFaults();
  routing = await start();
  expect((await completed(id)).request_counts).toEqual({ total: 30, completed: 30, failed: 0 });
});

test('a batch is worked on by the next replica once the lease of a dead one has run out, and not before', {
  timeout: 90_000,
}, async () => {
  // So that it is not over before somebody else has the lease, should this replica have been that fast.
  simulator.setFaults({ provider: 'sim', rules: [{ fault: { type: 'delay', firstTokenMs: 6_000 } }] });
  const id = await begin(1);
  const lost = randomUUID();
  await owner.query(
    `UPDATE routing.batches SET lease_id = $2, leased_until = now() + interval '3 seconds' WHERE id = $1`,
    [idIn(id), lost],
  );
  await completed(id);
  const { rows } = await owner.query(
    `SELECT to_timestamp((reached_at->>'completed')::bigint / 1000.0) > created_at + interval '2 seconds' AS waited
     FROM routing.batches WHERE id = $1`,
    [idIn(id)],
  );
  expect(rows).toEqual([{ waited: true }]);
});
