import { newApiKey } from '@switchyard/kernel';
import { type FaultRule, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { FormData, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MODELS, operator, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let databaseUrl: string;
let routing: RoutingUnderTest;
let used = 0;
let model: string;
/** Who the keys of batches belong to; undefined: they have ended. */
let owner: typeof operator | undefined = operator;
/** Who calls. */
let caller = operator;

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  routing = await startRouting({
    databaseUrl,
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: { ROUTING_API_KEY: newApiKey() },
    owners: { ownerOf: () => Promise.resolve(owner) },
    authenticate: () => caller,
  });
  await routing.addProvider({ id: 'sim', baseUrl: `${simulator.providers.sim?.baseUrl}/v1` });
});

beforeEach(() => {
  model = MODELS[used++] as string;
});

afterEach(() => {
  simulator.clearFaults();
  owner = operator;
  caller = operator;
});

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

type Json = Record<string, unknown>;
const CHAT = '/v1/chat/completions';
const fail = (...rules: FaultRule[]) => simulator.setFaults({ provider: 'sim', rules });
const calls = () => simulator.stats().providers.sim?.models[model]?.received ?? 0;

const line = (customId: string, change: Json = {}, body: Json = {}) =>
  JSON.stringify({
    custom_id: customId,
    method: 'POST',
    url: CHAT,
    body: { model, messages: [{ role: 'user', content: `Say ${customId}` }], ...body },
    ...change,
  });

async function call(
  method: string,
  path: string,
  body?: Json | FormData,
): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${routing.httpUrl}/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

async function upload(content: string | Buffer, purpose = 'batch') {
  const form = new FormData();
  form.set('purpose', purpose);
  form.set('file', new Blob([new Uint8Array(Buffer.from(content))]), 'lines.jsonl');
  return call('POST', '/files', form);
}

const uploaded = async (content: string) => (await upload(content)).body.id as string;

const create = (fileId: string, change: Json = {}) =>
  call('POST', '/batches', { input_file_id: fileId, endpoint: CHAT, completion_window: '24h', ...change });

async function ended(id: unknown, timeout = 25_000): Promise<Json> {
  return vi.waitFor(
    async () => {
      const { body } = await call('GET', `/batches/${String(id)}`);
      expect(['completed', 'failed', 'cancelled', 'expired']).toContain(body.status);
      return body;
    },
    { timeout, interval: 100 },
  );
}

const run = async (content: string, change: Json = {}) =>
  ended((await create(await uploaded(content), change)).body.id);

interface ResultLine {
  custom_id: string;
  response: { status_code: number; request_id: string; body: Json } | null;
  error: { code: string } | null;
}

async function linesOf(fileId: unknown): Promise<ResultLine[]> {
  const answer = await fetch(`${routing.httpUrl}/v1/files/${String(fileId)}/content`);
  const text = await answer.text();
  return text
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one) as ResultLine);
}

test('a file is answered line by line, each once, and told in a file of results', async () => {
  const batch = await run([line('a'), line('b'), '', line('c')].join('\n'), { metadata: { job: 'nightly' } });
  expect(batch).toMatchObject({
    object: 'batch',
    status: 'completed',
    endpoint: CHAT,
    completion_window: '24h',
    error_file_id: null,
    errors: null,
    request_counts: { total: 3, completed: 3, failed: 0 },
    metadata: { job: 'nightly' },
  });
  for (const at of ['created_at', 'in_progress_at', 'finalizing_at', 'completed_at', 'expires_at'])
    expect(batch[at]).toBeTypeOf('number');
  const lines = await linesOf(batch.output_file_id);
  expect(lines.map(({ custom_id }) => custom_id)).toEqual(['a', 'b', 'c']);
  for (const { response } of lines) {
    expect(response).toMatchObject({ status_code: 200, body: { object: 'chat.completion', model } });
    expect(response?.request_id).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(calls()).toBe(3);
});

test('files are listed by pages, told, read as they were, and deleted', async () => {
  const content = `${line('x')}\n`;
  const ids = [await uploaded(content), await uploaded(content)];
  const { body: first } = await call('GET', '/files?limit=1');
  expect(first).toMatchObject({ object: 'list', has_more: true, first_id: ids[1], last_id: ids[1] });
  expect((await call('GET', '/files?purpose=batch_output&limit=1&order=asc')).body.last_id).not.toBe(ids[0]);
  expect((await call('GET', '/files?purpose=vision')).body.data).toEqual([]);
  const { body: second } = await call('GET', `/files?limit=1&after=${ids[1]}`);
  expect(second).toMatchObject({ first_id: ids[0] });
  const { body: file } = await call('GET', `/files/${ids[0]}`);
  expect(file).toMatchObject({
    id: ids[0],
    object: 'file',
    bytes: content.length,
    filename: 'lines.jsonl',
    purpose: 'batch',
    status: 'processed',
  });
  const read = await fetch(`${routing.httpUrl}/v1/files/${ids[0]}/content`);
  expect(await read.text()).toBe(content);
  const { body: gone } = await call('DELETE', `/files/${ids[0]}`);
  expect(gone).toEqual({ id: ids[0], object: 'file', deleted: true });
  expect((await call('GET', `/files/${ids[0]}`)).status).toBe(404);
  expect((await call('GET', `/files/${ids[0]}/content`)).status).toBe(404);
  expect((await call('GET', `/files/${ids[1]}/content/more`)).status).toBe(404);
});

test.each<[string, () => Promise<{ status: number; body: Json }>, number, string]>([
  ['a file without lines', () => upload(''), 400, 'file'],
  ['another purpose', () => upload(line('a'), 'fine-tune'), 400, 'purpose'],
  ['bytes that are no text', () => upload(Buffer.from([0xff, 0xfe])), 400, 'file'],
  ['a line that is too long', () => upload('x'.repeat(8 * 1024 ** 2 + 1)), 400, 'file'],
  ['no file', () => create('file-nothing'), 404, ''],
  [
    'another path',
    async () => create(await uploaded(line('a')), { endpoint: '/v1/nothing' }),
    400,
    'endpoint',
  ],
  ['another window', async () => create('file-x', { completion_window: '1h' }), 400, 'completion_window'],
  ['a field that is not known', async () => create('file-x', { model: 'm' }), 400, 'model'],
  ['metadata that is no text', async () => create('file-x', { metadata: { a: 1 } }), 400, 'metadata'],
  ['a page that is too large', () => call('GET', '/batches?limit=101'), 400, 'limit'],
  ['a parameter that is not known', () => call('GET', '/batches?purpose=batch'), 400, 'purpose'],
  ['a page after nothing', () => call('GET', '/files?after=x'), 400, 'after'],
])('%s is told by its field', async (_, ask, status, param) => {
  const answer = await ask();
  expect(answer.status).toBe(status);
  if (param !== '') expect(answer.body.error).toMatchObject({ param });
});

test('results are no input', async () => {
  const { output_file_id } = await run(line('a'));
  expect((await create(output_file_id as string)).body.error).toMatchObject({ param: 'input_file_id' });
});

test('a file with lines that are wrong fails as a whole, and nobody is called', async () => {
  const batch = await run(
    [
      line('a'),
      '{"custom_id": ',
      line('a'),
      line('b', { url: '/v1/embeddings' }),
      line('c', { method: 'GET' }),
      line(''),
      line('d', {}, { stream: true }),
      line('e', { body: 1 }),
    ].join('\n'),
  );
  expect(batch).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null });
  const { data } = batch.errors as { data: Json[] };
  expect(data.map(({ line, code, param }) => [line, code, param])).toEqual([
    [2, 'invalid_json_line', null],
    [3, 'duplicate_custom_id', 'custom_id'],
    [4, 'mismatched_url', 'url'],
    [5, 'invalid_method', 'method'],
    [6, 'invalid_custom_id', 'custom_id'],
    [7, 'invalid_body', 'body.stream'],
    [8, 'invalid_body', 'body'],
  ]);
  expect(calls()).toBe(0);
});

test('lines that fail are told in a file of errors, as the path would have answered them', async () => {
  const batch = await run(
    [line('good'), line('bad', {}, { temperature: 9 }), line('gone', {}, { model: 'no-such' })].join('\n'),
  );
  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 1, failed: 2 } });
  expect((await linesOf(batch.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(['good']);
  expect(await linesOf(batch.error_file_id)).toMatchObject([
    {
      custom_id: 'bad',
      error: null,
      response: { status_code: 400, body: { error: { param: 'temperature' } } },
    },
    { custom_id: 'gone', response: { status_code: 404, body: { error: { code: 'model_not_found' } } } },
  ]);
});

test('a rate limit is waited for, and is no failure', { timeout: 90_000 }, async () => {
  fail({ count: 6, fault: { type: 'status', status: 429, retryAfter: 1 } });
  const { body } = await create(await uploaded([line('a'), line('b')].join('\n')));
  const batch = await ended(body.id, 60_000);
  expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 2, failed: 0 } });
});

test('batches whose lines all wait make room for one that can be answered', { timeout: 90_000 }, async () => {
  fail({ count: 1, fault: { type: 'status', status: 429, retryAfter: 60 } });
  const waiting = await uploaded([line('a'), line('b')].join('\n'));
  const stuck = [];
  for (let i = 0; i < 4; i++) stuck.push((await create(waiting)).body.id);
  await expect.poll(calls).toBeGreaterThan(0);
  const other = MODELS[used++] as string;
  const batch = await ended((await create(await uploaded(line('c', {}, { model: other })))).body.id, 45_000);
  expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 1 } });
  for (const id of stuck) {
    expect((await call('GET', `/batches/${String(id)}`)).body.status).toBe('in_progress');
    await call('POST', `/batches/${String(id)}/cancel`);
  }
});

test('lines of a key that has ended fail by that name', async () => {
  owner = undefined;
  const batch = await run([line('a'), line('b')].join('\n'));
  expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 0, failed: 2 } });
  expect(await linesOf(batch.error_file_id)).toMatchObject([
    { custom_id: 'a', response: null, error: { code: 'key_ended' } },
    { custom_id: 'b', response: null, error: { code: 'key_ended' } },
  ]);
  expect(calls()).toBe(0);
});

test('a key that may not ask has its lines refused', async () => {
  owner = { ...operator, permissions: new Set(['routing.batch.write']) };
  const batch = await run(line('a'));
  expect(await linesOf(batch.error_file_id)).toMatchObject([{ response: { status_code: 403 } }]);
  expect(calls()).toBe(0);
});

test('a cancelled batch begins nothing more, and tells what it has', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 700 } });
  const content = Array.from({ length: 120 }, (_, i) => line(`l${i}`)).join('\n');
  const { id } = (await create(await uploaded(content))).body;
  await expect.poll(calls).toBeGreaterThan(0);
  expect((await call('POST', `/batches/${String(id)}/cancel`)).body.status).toBe('cancelling');
  const batch = await ended(id);
  expect(batch.status).toBe('cancelled');
  const { completed } = batch.request_counts as { completed: number };
  expect(completed).toBe(calls());
  expect(completed).toBeLessThan(120);
  expect(await linesOf(batch.output_file_id)).toHaveLength(completed);
  expect((await call('POST', `/batches/${String(id)}/cancel`)).status).toBe(400);
});

test('a file that a batch reads cannot be deleted before its end', async () => {
  fail({ count: 1, fault: { type: 'delay', firstTokenMs: 3_000 } });
  const fileId = await uploaded(line('a'));
  const { id } = (await create(fileId)).body;
  expect((await call('DELETE', `/files/${fileId}`)).body.error).toMatchObject({ code: 'file_in_use' });
  await ended(id);
  expect((await call('DELETE', `/files/${fileId}`)).status).toBe(200);
});

test('what another tenant has is not found', async () => {
  const fileId = await uploaded(line('a'));
  const { id } = (await create(fileId)).body;
  await ended(id);
  caller = { ...operator, tenant: 't2', installation: false };
  for (const [method, path] of [
    ['GET', `/files/${fileId}`],
    ['GET', `/files/${fileId}/content`],
    ['DELETE', `/files/${fileId}`],
    ['GET', `/batches/${String(id)}`],
    ['POST', `/batches/${String(id)}/cancel`],
  ] as const)
    expect((await call(method, path)).status, path).toBe(404);
  expect((await create(fileId)).status).toBe(404);
  expect((await call('GET', '/files')).body.data).toEqual([]);
  expect((await call('GET', '/batches')).body.data).toEqual([]);
});

test('a key that may only read neither uploads nor begins', async () => {
  const fileId = await uploaded(line('a'));
  caller = { ...operator, permissions: new Set(['routing.batch.read']) };
  expect((await upload(line('a'))).status).toBe(403);
  expect((await create(fileId)).status).toBe(403);
  expect((await call('DELETE', `/files/${fileId}`)).status).toBe(403);
  expect((await call('GET', `/files/${fileId}`)).status).toBe(200);
  caller = { ...operator, permissions: new Set() };
  expect((await call('GET', `/files/${fileId}`)).status).toBe(403);
});

test('lines whose turn did not come in time have failed', async () => {
  fail({ fault: { type: 'status', status: 429, retryAfter: 30 } });
  const { id } = (await create(await uploaded([line('a'), line('b')].join('\n')))).body;
  await expect.poll(calls).toBeGreaterThan(0);
  // Whoever takes it over sees that its time has passed.
  await query(
    `UPDATE routing.batches SET expires_at = now(), lease_id = NULL, leased_until = NULL WHERE state = 'in_progress'`,
  );
  const batch = await ended(id);
  expect(batch).toMatchObject({ status: 'expired', request_counts: { total: 2, completed: 0, failed: 2 } });
  expect(await linesOf(batch.error_file_id)).toMatchObject([
    { custom_id: 'a', error: { code: 'batch_expired' } },
    { custom_id: 'b', error: { code: 'batch_expired' } },
  ]);
});

test('prompts and answers lie encrypted in the database', async () => {
  const batch = await run(line('canary-in-custom-id', {}, { user: 'canary-user' }));
  expect(batch.status).toBe('completed');
  const [row] = await query<{ found: number }>(
    `SELECT (SELECT count(*) FROM routing.file_chunks WHERE position('canary'::bytea IN sealed) > 0)::int
          + (SELECT count(*) FROM routing.batch_lines WHERE position('Simulated'::bytea IN sealed) > 0)::int AS found`,
  );
  expect(row?.found).toBe(0);
});

/** With all rights, past the service. */
async function query<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
