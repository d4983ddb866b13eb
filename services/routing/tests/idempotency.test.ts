import { CompleteRequest, Role, type StreamCompleteResponse } from '@switchyard/contracts/routing';
import { newApiKey, type ServiceError } from '@switchyard/kernel';
import { callMetadata, callUnary } from '@switchyard/service-kit';
import { type FaultRule, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: 'own', nats: true });
let simulator: Simulator;
let databaseUrl: string;
/** Two replicas on one database: they share the service's key, as replicas do. */
let here: RoutingUnderTest;
let there: RoutingUnderTest;
let used = 0;
let model: string;

const env = { ROUTING_API_KEY: newApiKey() };
const start = () =>
  startRouting({ databaseUrl, natsUrl: servers.nats.url, subjectPrefix: servers.nats.prefix, env });

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  here = await start();
  await here.addProvider({ id: 'sim', baseUrl: `${simulator.providers.sim?.baseUrl}/v1` });
  there = await start();
});

beforeEach(() => {
  model = MODELS[used++] as string;
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
  await simulator.close();
});

const ask = (idempotencyKey: string, text = 'Say something.') =>
  CompleteRequest.fromPartial({
    model,
    idempotencyKey,
    failover: { maxRetries: 0 },
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: text } }] }],
  });
const complete = (request: CompleteRequest, { inference, target }: RoutingUnderTest = here) =>
  callUnary({ method: inference.complete.bind(inference), request, target, timeoutMs: 20_000 });
const stream = async (request: CompleteRequest, { inference, target }: RoutingUnderTest = here) => {
  const events: StreamCompleteResponse[] = [];
  for await (const event of inference.streamComplete(request, callMetadata(target)))
    events.push(event as StreamCompleteResponse);
  return events;
};
const failureOf = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const calls = () => simulator.stats().providers.sim?.models[model]?.received ?? 0;
const fail = (...rules: FaultRule[]) => simulator.setFaults({ provider: 'sim', rules });
const inUse = { code: 'ABORTED', reason: 'IDEMPOTENCY_KEY_IN_USE', retryable: true };

test('the same key gives the same answer at every replica, and the provider is called once', async () => {
  const first = await complete(ask('order-1'));
  const second = await complete(ask('order-1'));
  const third = await complete(ask('order-1'), there);
  expect(first.replayed).toBe(false);
  expect(second).toEqual({ ...first, replayed: true });
  expect(third).toEqual({ ...first, replayed: true });
  expect(calls()).toBe(1);
  const other = await complete(ask('order-2'));
  expect(other.requestId).not.toBe(first.requestId);
  expect(calls()).toBe(2);
});

test('a stream is given again piece by piece', async () => {
  const first = await stream(ask('stream-1'));
  const [started, ...rest] = await stream(ask('stream-1'), there);
  expect(started?.event).toMatchObject({ $case: 'started', value: { replayed: true } });
  expect(rest).toEqual(first.slice(1));
  expect(rest.at(-1)?.event?.$case).toBe('finished');
  expect(calls()).toBe(1);
});

test('another request under the same key is refused by the name of the field', async () => {
  await complete(ask('reused'));
  const error = await failureOf(complete(ask('reused', 'Say something else.')));
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'IDEMPOTENCY_KEY_REUSED' });
  expect(error.violations[0]?.field).toBe('idempotency_key');
  expect(calls()).toBe(1);
});

test('while the first one is under way the second one is told to come back', async () => {
  fail({ fault: { type: 'delay', firstTokenMs: 3_000 } });
  const first = complete(ask('slow'));
  await expect.poll(calls).toBe(1);
  const error = await failureOf(complete(ask('slow'), there));
  expect(error).toMatchObject({ ...inUse, retryAfterMs: 1_000 });
  expect(await complete(ask('slow')).catch(() => first)).toMatchObject({
    requestId: (await first).requestId,
  });
  expect(calls()).toBe(1);
});

test('a request of which nothing was delivered gives its key back', async () => {
  fail({ count: 1, fault: { type: 'status', status: 500 } });
  await failureOf(complete(ask('failed')));
  expect((await complete(ask('failed'))).replayed).toBe(false);
  fail({ count: 1, fault: { type: 'status', status: 500 } });
  await failureOf(stream(ask('failed-stream')));
  expect((await stream(ask('failed-stream'))).at(-1)?.event?.$case).toBe('finished');
});

test('a stream that broke off after a part of it was delivered is not charged again', async () => {
  fail({ count: 1, fault: { type: 'truncate', afterChunks: 3, ending: 'cut' } });
  await failureOf(stream(ask('broken')));
  const error = (await stream(ask('broken')).catch((thrown: unknown) => thrown)) as { details: string };
  expect(error.details).toContain('idempotency key');
  expect(calls()).toBe(1);
});

test('a replica that is gone leaves its key in use: nobody knows what came of it', async () => {
  await complete(ask('gone'));
  await query(`UPDATE routing.idempotency_keys SET state = 'in_flight', answer = NULL
               WHERE key_digest = sha256('gone')`);
  expect(await failureOf(complete(ask('gone'), there))).toMatchObject(inUse);
  await query(`UPDATE routing.idempotency_keys SET expires_at = now() WHERE key_digest = sha256('gone')`);
  expect((await complete(ask('gone'), there)).replayed).toBe(false);
});

test('by HTTP the header names the key; a body that names another one is refused', async () => {
  const body = { model, messages: [{ role: 'user', content: 'hi' }] };
  const post = async (change: object = {}) => {
    const answer = await httpRequest(`${here.httpUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'http-1' },
      body: JSON.stringify({ ...body, ...change }),
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as { id?: string } };
  };
  const first = await post();
  expect((await post()).body.id).toBe(first.body.id);
  expect(calls()).toBe(1);
  expect((await post({ temperature: 1 })).status).toBe(400);
  expect((await post({ switchyard: { idempotency_key: 'http-2' } })).status).toBe(400);
});

test('answers lie encrypted in the database, and a row that was changed is not believed', async () => {
  const { requestId } = await complete(ask('secret'));
  const [stored] = await query<{ answer: Buffer; key_digest: Buffer }>(
    `SELECT answer, key_digest FROM routing.idempotency_keys WHERE key_digest = sha256('secret')`,
  );
  expect(stored?.answer.includes('Simulated')).toBe(false);
  expect(stored?.answer.includes(requestId)).toBe(false);
  await query(`UPDATE routing.idempotency_keys SET answer = set_byte(answer, 60, (get_byte(answer, 60) + 1) % 256)
               WHERE key_digest = sha256('secret')`);
  expect(await failureOf(complete(ask('secret')))).toMatchObject({ reason: 'IDEMPOTENCY_KEY_BROKEN' });
  expect(calls()).toBe(1);
});

test('keys outlive a restart', async () => {
  const first = await complete(ask('kept'), there);
  await there[Symbol.asyncDispose]();
  there = await start();
  expect(await complete(ask('kept'), there)).toMatchObject({ requestId: first.requestId, replayed: true });
});

test('without the database a request with a key is UNAVAILABLE, one without goes on', async () => {
  await servers.postgres.server.kill('SIGKILL');
  expect(await failureOf(complete(ask('down')))).toMatchObject({ code: 'UNAVAILABLE' });
  expect(calls()).toBe(0);
  await complete(ask(''));
  expect(calls()).toBe(1);
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
