import {
  type BatchResult,
  BatchServiceClient,
  BatchState,
  CreateBatchRequest,
  type StreamBatchResultsResponse,
} from '@switchyard/contracts/routing';
import { callMetadata, callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { operator, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let client: BatchServiceClient;
let caller = operator;

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: () => caller,
  });
  await routing.addProvider({ id: 'sim', baseUrl: `${simulator.providers.sim?.baseUrl}/v1` });
  client = openGrpcClient(BatchServiceClient, routing.target);
});

afterAll(async () => {
  client?.close();
  await routing?.[Symbol.asyncDispose]();
  await simulator?.close();
});

const CHAT = '/v1/chat/completions';
const body = (change: object = {}) =>
  JSON.stringify({ model: 'm1', messages: [{ role: 'user', content: 'hi' }], ...change }, null, 2);
const call = <Req, Res>(method: Parameters<typeof callUnary<Req, Res>>[0]['method'], request: Req) =>
  callUnary({ method, request, target: routing.target, timeoutMs: 5_000 });
const create = (lines: readonly [customId: string, bodyJson: string][], endpoint = CHAT) =>
  call(
    client.createBatch.bind(client),
    CreateBatchRequest.fromPartial({
      endpoint,
      metadata: { job: 'x' },
      input: {
        $case: 'lines',
        value: { lines: lines.map(([customId, bodyJson]) => ({ customId, bodyJson })) },
      },
    }),
  );
const get = async (id: string) => (await call(client.getBatch.bind(client), { id })).batch;
const cancel = (id: string) => call(client.cancelBatch.bind(client), { id });
const list = (pageSize: number, pageToken = '') =>
  call(client.listBatches.bind(client), { pageSize, pageToken });

async function results(id: string, afterLine = 0): Promise<BatchResult[]> {
  const found: BatchResult[] = [];
  const answers: AsyncIterable<StreamBatchResultsResponse> = client.streamBatchResults(
    { id, afterLine },
    callMetadata(routing.target),
  );
  for await (const { result } of answers) if (result !== undefined) found.push(result);
  return found;
}

const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const batch = await get(id);
      expect([BatchState.COMPLETED, BatchState.FAILED, BatchState.CANCELLED]).toContain(batch?.state);
      return batch;
    },
    { timeout: 15_000, interval: 100 },
  );

test('lines are answered, and told by number, also from one on', async () => {
  const { batch: begun } = await create([
    ['a', body()],
    ['b', body({ temperature: 9 })],
    ['c', body()],
  ]);
  expect(begun).toMatchObject({
    state: BatchState.VALIDATING,
    endpoint: CHAT,
    metadata: { job: 'x' },
    tenant: 't1',
  });
  const id = begun?.id ?? '';
  const batch = await ended(id);
  expect(batch).toMatchObject({ state: BatchState.COMPLETED, counts: { total: 3, answered: 2, failed: 1 } });
  expect(batch?.outputFileId).toMatch(/^file-/);
  expect(batch?.errorFileId).toMatch(/^file-/);
  const all = await results(id);
  expect(all.map(({ line, customId }) => [line, customId])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
  const [first, second] = all.map(({ outcome }) => outcome);
  expect(first).toMatchObject({ $case: 'answer', value: { statusCode: 200 } });
  if (first?.$case === 'answer')
    expect(JSON.parse(first.value.bodyJson)).toMatchObject({ object: 'chat.completion' });
  expect(second).toMatchObject({ $case: 'answer', value: { statusCode: 400 } });
  expect((await results(id, 2)).map(({ line }) => line)).toEqual([3]);
});

test('what is wrong with lines fails the batch, by line and field', async () => {
  const { batch } = await create([
    ['a', '{'],
    ['', body()],
    ['b', `${body()},"url":"/v1/embeddings"`],
  ]);
  const failed = await ended(batch?.id ?? '');
  expect(failed?.state).toBe(BatchState.FAILED);
  expect(failed?.problems.map(({ line, code, field }) => [line, code, field])).toEqual([
    [1, 'invalid_json_line', ''],
    [2, 'invalid_custom_id', 'custom_id'],
    [3, 'mismatched_url', 'url'],
  ]);
});

test('a request without lines, for another path, or of what is not there is refused by its field', async () => {
  await expect(create([])).rejects.toMatchObject({ violations: [{ field: 'lines' }] });
  await expect(create([['a', body()]], '/v1/audio/speech')).rejects.toMatchObject({
    violations: [{ field: 'endpoint' }],
  });
  const nothing = CreateBatchRequest.fromPartial({ endpoint: CHAT });
  await expect(call(client.createBatch.bind(client), nothing)).rejects.toMatchObject({
    violations: [{ field: 'input_file_id' }],
  });
  const ofFile = CreateBatchRequest.fromPartial({
    endpoint: CHAT,
    input: { $case: 'inputFileId', value: 'file-x' },
  });
  await expect(call(client.createBatch.bind(client), ofFile)).rejects.toMatchObject({
    reason: 'FILE_NOT_FOUND',
  });
  const long = CreateBatchRequest.fromPartial({ ...ofFile, metadata: { k: 'v'.repeat(513) } });
  await expect(call(client.createBatch.bind(client), long)).rejects.toMatchObject({
    violations: [{ field: 'metadata' }],
  });
  await expect(get('batch_x')).rejects.toMatchObject({ reason: 'BATCH_NOT_FOUND' });
  await expect(list(101)).rejects.toMatchObject({ violations: [{ field: 'page_size' }] });
  await expect(list(1, 'eA')).rejects.toMatchObject({ violations: [{ field: 'page_token' }] });
});

test('batches are listed by pages, the newest first, and only those of the own tenant', async () => {
  const { batch } = await create([['a', body()]]);
  const first = await list(1);
  expect(first.batches.map(({ id }) => id)).toEqual([batch?.id]);
  const second = await list(100, first.nextPageToken);
  expect(second.batches.length).toBeGreaterThan(0);
  expect(second.nextPageToken).toBe('');
  await ended(batch?.id ?? '');
  caller = { ...operator, tenant: 't2', installation: false };
  try {
    expect((await list(10)).batches).toEqual([]);
    await expect(get(batch?.id ?? '')).rejects.toMatchObject({ reason: 'BATCH_NOT_FOUND' });
    await expect(cancel(batch?.id ?? '')).rejects.toMatchObject({ reason: 'BATCH_NOT_FOUND' });
  } finally {
    caller = operator;
  }
});

test('a batch that has ended is not cancelled any more', async () => {
  const { batch } = await create([['a', body()]]);
  await ended(batch?.id ?? '');
  await expect(cancel(batch?.id ?? '')).rejects.toMatchObject({ reason: 'BATCH_ENDED' });
});
