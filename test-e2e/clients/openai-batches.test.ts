import OpenAI, { BadRequestError, NotFoundError, PermissionDeniedError, toFile } from 'openai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKey, revokeKey } from '../support/create-key.ts';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

let started: TestFleet;
let openai: OpenAI;

/** As a user of `.switchyard/dev.env` would: the address and the key, nothing else. */
const clientWith = (apiKey: string): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${started.fleet.devEnv.SWITCHYARD_HTTP_URL}/v1`, maxRetries: 0 });

beforeAll(async () => {
  started = await startTestFleet();
  openai = clientWith(started.fleet.devEnv.SWITCHYARD_API_KEY as string);
});

afterAll(() => started?.[Symbol.asyncDispose]());

const CHAT = '/v1/chat/completions';
const chatBody = { model: 'sim-fast', messages: [{ role: 'user', content: 'Hello' }] };
const lineOf = (customId: string, body: object = chatBody, url: string = CHAT) =>
  JSON.stringify({ custom_id: customId, method: 'POST', url, body });
const upload = async (lines: readonly string[], client = openai) =>
  client.files.create({ purpose: 'batch', file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl') });

async function begin(
  lines: readonly string[],
  { client = openai, endpoint = CHAT }: { client?: OpenAI; endpoint?: string } = {},
): Promise<OpenAI.Batch> {
  const { id } = await upload(lines, client);
  return client.batches.create({
    input_file_id: id,
    endpoint: endpoint as typeof CHAT,
    completion_window: '24h',
    metadata: { for: 'a test' },
  });
}

const ended = (id: string, client = openai): Promise<OpenAI.Batch> =>
  vi.waitFor(
    async () => {
      const batch = await client.batches.retrieve(id);
      expect(['completed', 'failed', 'cancelled', 'expired']).toContain(batch.status);
      return batch;
    },
    { timeout: 30_000, interval: 200 },
  );

interface Line {
  custom_id: string;
  response: { status_code: number; request_id: string; body: Record<string, unknown> } | null;
  error: { code: string } | null;
}
async function contentsOf(fileId: string | null | undefined, client = openai): Promise<Line[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as Line);
}

test('a batch from its file to its results, and its costs in the ledger', async () => {
  const begun = await begin([lineOf('one'), lineOf('two'), lineOf('bad', { ...chatBody, temperature: 9 })]);
  expect(begun).toMatchObject({ object: 'batch', status: 'validating', metadata: { for: 'a test' } });
  const batch = await ended(begun.id);
  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
  const answers = await contentsOf(batch.output_file_id);
  expect(answers.map(({ custom_id }) => custom_id)).toEqual(['one', 'two']);
  for (const { response } of answers)
    expect(response?.body).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: expect.stringMatching(/^Simulated answer:/) } }],
    });
  expect(await contentsOf(batch.error_file_id)).toMatchObject([
    { custom_id: 'bad', response: { status_code: 400 } },
  ]);

  const { switchyard } = batch as OpenAI.Batch & { switchyard: { cost: { total_nano_usd: string } } };
  const rows = await vi.waitFor(async () => {
    const found = await queryFleet<{ request_id: string; amount: string }>(
      started.fleet,
      `SELECT request_id, amount_nano_usd AS amount FROM cost_accounting.ledger WHERE labels->>'batch' = '${batch.id}'`,
    );
    expect(found).toHaveLength(2);
    return found;
  }, 20_000);
  expect(rows.map(({ request_id }) => request_id).sort()).toEqual(
    answers.map(({ response }) => response?.request_id).sort(),
  );
  const sum = rows.reduce((all, { amount }) => all + BigInt(amount), 0n);
  expect(sum).toBeGreaterThan(0n);
  expect(switchyard.cost.total_nano_usd).toBe(String(sum));
});

test('other paths than chats', async () => {
  const { id } = await begin([lineOf('r', { model: 'sim-fast', input: 'Hello' }, '/v1/responses')], {
    endpoint: '/v1/responses',
  });
  const [line] = await contentsOf((await ended(id)).output_file_id);
  expect(line?.response?.body).toMatchObject({ object: 'response', status: 'completed' });
});

test('lists go from page to page, and files can be deleted', async () => {
  const { id } = await begin([lineOf('a')]);
  await ended(id);
  const batches: string[] = [];
  for await (const batch of openai.batches.list({ limit: 1 })) batches.push(batch.id);
  expect(batches[0]).toBe(id);
  expect(batches.length).toBeGreaterThan(1);
  const files: string[] = [];
  for await (const file of openai.files.list({ limit: 2, order: 'asc' })) files.push(file.id);
  expect(new Set(files).size).toBe(files.length);
  const [first = ''] = files;
  expect((await openai.files.retrieve(first)).purpose).toBe('batch');
  expect(await openai.files.delete(first)).toMatchObject({ id: first, deleted: true });
  await expect(openai.files.retrieve(first)).rejects.toThrow(NotFoundError);
});

test('what is wrong is told as the package knows it', async () => {
  await expect(openai.files.create({ purpose: 'assistants', file: new File(['x'], 'x') })).rejects.toThrow(
    BadRequestError,
  );
  const wrong = await ended((await begin(['{', lineOf('a', {}, '/v1/embeddings')])).id);
  expect(wrong.status).toBe('failed');
  expect(wrong.errors?.data?.map(({ line, code }) => [line, code])).toEqual([
    [1, 'invalid_json_line'],
    [2, 'mismatched_url'],
  ]);
  await expect(begin([lineOf('a')], { endpoint: '/v1/other' })).rejects.toThrow(BadRequestError);
  await expect(openai.batches.retrieve('batch_x')).rejects.toThrow(NotFoundError);
});

test('another tenant sees neither file nor batch; who may only look begins nothing', async () => {
  const { id } = await begin([lineOf('a')]);
  const { output_file_id } = await ended(id);
  const other = clientWith((await createKey(started.fleet, { tenant: 'globex' })).secret);
  await expect(other.batches.retrieve(id)).rejects.toThrow(NotFoundError);
  await expect(other.batches.cancel(id)).rejects.toThrow(NotFoundError);
  await expect(other.files.content(output_file_id ?? '')).rejects.toThrow(NotFoundError);
  expect((await other.files.list()).data).toEqual([]);
  const viewer = clientWith((await createKey(started.fleet, { tenant: 'globex', role: 'viewer' })).secret);
  await expect(upload([lineOf('a')], viewer)).rejects.toThrow(PermissionDeniedError);
});

test('once its key is revoked, lines fail and say so', async () => {
  const control = new SimulatorControl(started.fleet.simulatorUrl);
  await control.setLatency('*', { firstTokenMs: 500 });
  const key = await createKey(started.fleet, { tenant: 'acme', role: 'admin' });
  const admin = await createKey(started.fleet, { tenant: 'acme', role: 'admin' });
  const client = clientWith(key.secret);
  const lines = Array.from({ length: 400 }, (_, i) => lineOf(`line-${i}`));
  const { id } = await begin(lines, { client });
  const other = clientWith(admin.secret);
  await vi.waitFor(async () => {
    const { request_counts } = await other.batches.retrieve(id);
    expect(request_counts?.completed).toBeGreaterThan(0);
  }, 20_000);
  await revokeKey(started.fleet, key);
  const batch = await ended(id, other);
  await control.setLatency('*', { firstTokenMs: 0 });
  expect(batch.status).toBe('completed');
  const { completed = 0, failed = 0 } = batch.request_counts ?? {};
  expect(completed + failed).toBe(400);
  expect(failed).toBeGreaterThan(0);
  for (const { error } of await contentsOf(batch.error_file_id, other)) expect(error?.code).toBe('key_ended');
});
