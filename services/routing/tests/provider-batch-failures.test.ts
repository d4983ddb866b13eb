import { readdirSync } from 'node:fs';
import { UsageRecord } from '@switchyard/contracts/events';
import { newApiKey } from '@switchyard/kernel';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { type BatchOptions, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { FormData, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OutboxRecord } from '../src/outbox/outbox-record.ts';
import { scanSegment } from '../src/outbox/read-segments.ts';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const CHAT = '/v1/chat/completions';
const OPENAI = 'gpt-4o-mini';
const ANTHROPIC = 'claude-3-5-haiku-20241022';
const VENDORS = [
  { vendor: 'openai', format: 'openai-chat', model: OPENAI, input: 150, output: 600 },
  { vendor: 'anthropic', format: 'anthropic-messages', model: ANTHROPIC, input: 800, output: 4_000 },
] as const;
let simulator: Simulator;
let databaseUrl: string;
let stateDir: string;
let owner: pg.Client;
let routing: RoutingUnderTest;

const env = {
  ROUTING_API_KEY: newApiKey(),
  ROUTING_PROVIDER_BATCH_MIN_LINES: '5',
  ROUTING_PROVIDER_BATCH_POLL_MS: '200',
};
const start = () =>
  startRouting({
    ...{ databaseUrl, natsUrl: servers.nats.url, subjectPrefix: servers.nats.prefix, env, stateDir },
    catalog: bundledCatalog(),
  });

beforeAll(async () => {
  simulator = await startSimulator({
    providers: VENDORS.map(({ vendor: name, format }) => ({ name, format, models: 'any' })),
  });
  databaseUrl = await servers.postgres.createDatabase();
  owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  stateDir = stateDirWithPrices(
    VENDORS.map(({ vendor, model, input, output }) => ({
      ...{ provider: vendor, model },
      input: BigInt(input) * 1_000_000n,
      output: BigInt(output) * 1_000_000n,
    })),
  );
  routing = await start();
  for (const { vendor, format, model } of VENDORS)
    await routing.addProvider({
      ...{ id: vendor, wireFormat: format, catalogId: vendor, simulated: true },
      baseUrl: `${simulator.providers[vendor]?.baseUrl}/v1`,
      models: [{ model, catalogModel: '', capabilities: [] }],
    });
});

beforeEach(() => simulator.reset());
afterEach(() => {
  simulator.clearFaults();
  simulator.setBatches({ provider: '*', batches: {} });
});

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
  readonly switchyard: {
    readonly cost: { readonly total_nano_usd: string };
    readonly provider_batches: readonly { readonly id: string | null; readonly state: string }[];
  };
}

async function begin(models: readonly string[]): Promise<string> {
  const texts = models.map((model, i) =>
    JSON.stringify({
      ...{ custom_id: `l${i + 1}`, method: 'POST', url: CHAT },
      body: { model, max_tokens: 200, messages: [{ role: 'user', content: `Number ${i}` }] },
    }),
  );
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([texts.join('\n')]), 'lines.jsonl');
  const file = await fetch(`${routing.httpUrl}/v1/files`, { method: 'POST', body: form });
  const asked = {
    input_file_id: ((await file.json()) as Batch).id,
    endpoint: CHAT,
    completion_window: '24h',
  };
  const answer = await fetch(`${routing.httpUrl}/v1/batches`, {
    method: 'POST',
    body: JSON.stringify(asked),
  });
  return ((await answer.json()) as Batch).id;
}

const lines = (model: string, count: number): string[] => Array.from({ length: count }, () => model);
const idIn = (publicId: string) => publicId.slice('batch_'.length);
const behave = (vendor: string, batches: BatchOptions) => simulator.setBatches({ provider: vendor, batches });
const get = async (id: string) =>
  (await (await fetch(`${routing.httpUrl}/v1/batches/${id}`)).json()) as Batch;
const reaches = (id: string, status: string, timeout = 30_000) =>
  vi.waitFor(
    async () => {
      const batch = await get(id);
      expect(batch.status).toBe(status);
      return batch;
    },
    { timeout, interval: 100 },
  );
const isSubmitted = (id: string) =>
  vi.waitFor(async () => expect((await get(id)).switchyard.provider_batches[0]?.id).toBeTruthy(), 20_000);
const isPrepared = (id: string) =>
  vi.waitFor(
    async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM routing.provider_batches WHERE batch_id = $1 AND state = 'prepared'`,
        [idIn(id)],
      );
      expect(rowCount).toBe(1);
    },
    { timeout: 20_000, interval: 10 },
  );

const stats = (vendor: string) => {
  const found = simulator.stats().providers[vendor];
  if (found === undefined) throw new TypeError(vendor);
  return found;
};
const batchCost = ({ vendor, input, output }: (typeof VENDORS)[number]) => {
  const { inputTokens, outputTokens } = stats(vendor).tokens;
  return (BigInt(inputTokens * input) + BigInt(outputTokens * output)) / 2n;
};

describe.each([
  ['uploads a file', VENDORS[0], { on: 'upload', status: 503, count: 2 }],
  ['makes a batch', VENDORS[0], { on: 'create', status: 429, count: 2 }],
  ['makes a batch', VENDORS[1], { on: 'create', status: 429, count: 1 }],
] as const)('%s', (_, vendor, failure) => {
  test(`${vendor.vendor} that has no room now is asked again: every line costs half`, async () => {
    behave(vendor.vendor, { failures: [failure] });
    const batch = await reaches(await begin(lines(vendor.model, 8)), 'completed');
    expect(batch.request_counts).toEqual({ total: 8, completed: 8, failed: 0 });
    expect(stats(vendor.vendor).batches).toMatchObject({ created: 1, lines: 8, served: 8 });
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(batchCost(vendor));
  });
});

test('a batch that was taken, and is too much for the key after a look at it, is given again later', async () => {
  behave('openai', { failWith: 'token_limit_exceeded' });
  const id = await begin(lines(OPENAI, 6));
  await vi.waitFor(() => expect(stats('openai').batches.created).toBeGreaterThan(1), 15_000);
  expect(stats('openai').served).toBe(0);
  behave('openai', {});
  const batch = await reaches(id, 'completed');
  expect(stats('openai').batches).toMatchObject({ served: 6 });
  expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(batchCost(VENDORS[0]));
});

test('a replica that has lost the lease while it brought the file makes no batch', async () => {
  behave('openai', { answerAfterMs: 5_000 });
  const id = await begin(lines(OPENAI, 6));
  await isPrepared(id);
  // Somebody else takes it over, and dies at once.
  await owner.query(
    `UPDATE routing.batches SET lease_id = gen_random_uuid(), resumable_at = now() + interval '12 seconds' WHERE id = $1`,
    [idIn(id)],
  );
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(stats('openai').batches.created).toBe(0);
  behave('openai', {});
  const batch = await reaches(id, 'completed', 60_000);
  expect(stats('openai').batches).toMatchObject({ created: 1, served: 6 });
  expect(stats('openai').served).toBe(6);
  expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(batchCost(VENDORS[0]));
}, 90_000);

test('lines are set aside only once it is written down where they go', async () => {
  await owner.query('BEGIN');
  await owner.query('LOCK TABLE routing.provider_batches IN SHARE MODE');
  const id = await begin(lines(OPENAI, 6));
  const held = await vi.waitFor(
    async () => {
      const open = await openHolds();
      expect(open).toHaveLength(6);
      return open;
    },
    { timeout: 20_000, interval: 50 },
  );
  for (const record of held) expect(record).toMatchObject({ outcome: 'not_sent', reservation: false });
  behave('openai', { answerAfterMs: 8_000 });
  await owner.query('COMMIT');
  await vi.waitFor(
    async () => {
      for (const record of await openHolds())
        expect(record).toMatchObject({ outcome: 'reserved', reservation: true });
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(stats('openai').batches.created).toBe(0);
  behave('openai', {});
  await reaches(id, 'completed', 60_000);
}, 90_000);

describe('a batch whose file is lost while a provider has it ends: what was answered is charged, at what it used', () => {
  const loseFile = (id: string) =>
    owner.query(
      'DELETE FROM routing.files WHERE id = (SELECT input_file_id FROM routing.batches WHERE id = $1)',
      [idIn(id)],
    );

  async function isCharged(id: string, status: string): Promise<void> {
    const batch = await reaches(id, status, 60_000);
    expect(batch.request_counts).toEqual({ total: 6, completed: 0, failed: 6 });
    expect(batch.switchyard.provider_batches).toMatchObject([{ state: 'ended' }]);
    const told = await (await fetch(`${routing.httpUrl}/v1/files/${batch.error_file_id}/content`)).text();
    expect(told.match(/"file_unreadable"/g)).toHaveLength(6);
    const booked = (await inOutbox()).filter(
      (record) => record.labels.batch === id && record.batch && !record.reservation,
    );
    expect(booked).toHaveLength(6);
    expect(booked.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)).toBe(batchCost(VENDORS[0]));
  }

  test('at the replica that submitted it', async () => {
    behave('openai', { processMs: 5_000 });
    const id = await begin(lines(OPENAI, 6));
    await isSubmitted(id);
    await loseFile(id);
    await isCharged(id, 'completed');
  }, 90_000);

  test('at the one that takes it over, which cannot ask any line by itself either', async () => {
    behave('openai', { processMs: 8_000 });
    const id = await begin(lines(OPENAI, 6));
    await isSubmitted(id);
    await routing[Symbol.asyncDispose]();
    await loseFile(id);
    routing = await start();
    await isCharged(id, 'failed');
  }, 90_000);
});

/** What is booked of calls. */
async function inOutbox(): Promise<UsageRecord[]> {
  const booked: UsageRecord[] = [];
  await readOutbox((record) => {
    if (record.kind === 'usage') booked.push(UsageRecord.decode(record.usage));
  });
  return booked;
}

/** What is booked of calls in providers' batches if the process dies now. */
async function openHolds(): Promise<UsageRecord[]> {
  const open = new Map<string, UsageRecord>();
  await readOutbox((record) => {
    if (record.kind === 'hold') open.set(record.attemptId, UsageRecord.decode(record.usage));
    if (record.kind === 'usage') open.delete(record.attemptId);
  });
  return [...open.values()].filter(({ batch }) => batch);
}

async function readOutbox(onRecord: (record: OutboxRecord) => void): Promise<void> {
  for (const file of readdirSync(stateDir, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.outbox')) continue;
    await scanSegment({ path: `${stateDir}/${file}` }, (record) => {
      onRecord(record);
      return 'go on';
    });
  }
}

test('what a provider has answered is told while other lines wait', async () => {
  simulator.setFaults({
    provider: 'anthropic',
    rules: [{ fault: { type: 'status', status: 429, retryAfter: 2 } }],
  });
  const id = await begin([...lines(ANTHROPIC, 2), ...lines(OPENAI, 6)]);
  await vi.waitFor(async () => {
    const { status, request_counts: counts } = await get(id);
    expect({ status, counts }).toEqual({
      status: 'in_progress',
      counts: { total: 8, completed: 6, failed: 0 },
    });
  }, 20_000);
  simulator.clearFaults();
  expect((await reaches(id, 'completed')).request_counts.completed).toBe(8);
});

describe('long after its time', () => {
  async function overdue(behaviour: BatchOptions): Promise<Batch> {
    behave('openai', { processMs: 300, failures: [{ on: 'get', status: 503 }] });
    const id = await begin(lines(OPENAI, 6));
    await isSubmitted(id);
    await routing[Symbol.asyncDispose]();
    await owner.query(`UPDATE routing.batches SET expires_at = now() - interval '2 hours' WHERE id = $1`, [
      idIn(id),
    ]);
    behave('openai', behaviour);
    routing = await start();
    return reaches(id, 'expired');
  }

  test('what the provider has answered is told and charged', async () => {
    const batch = await overdue({});
    expect(batch.request_counts).toEqual({ total: 6, completed: 6, failed: 0 });
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(batchCost(VENDORS[0]));
  });

  test('lines of which nobody tells end as interrupted, by their names', async () => {
    const batch = await overdue({ failures: [{ on: 'content', status: 503 }] });
    expect(batch.request_counts).toEqual({ total: 6, completed: 0, failed: 6 });
    const text = await (await fetch(`${routing.httpUrl}/v1/files/${batch.error_file_id}/content`)).text();
    const told = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { custom_id: string });
    expect(told.map(({ custom_id: name }) => name)).toEqual(['l1', 'l2', 'l3', 'l4', 'l5', 'l6']);
  });
});
