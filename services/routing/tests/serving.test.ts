import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { busNames } from '@switchyard/contracts';
import { LineKind, UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import {
  CompleteRequest,
  type CompleteResponse,
  DecisionOutcome,
  FinishReason,
  ProviderMode,
  ProviderModel,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { callMetadata, callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let used = 0;
let model: string;

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'first', format: 'openai-chat', models: 'any' },
      { name: 'second', format: 'openai-chat', models: 'any' },
    ],
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: {
      ROUTING_FIRST_TOKEN_TIMEOUT_MS: '2500',
      ROUTING_BETWEEN_TOKENS_TIMEOUT_MS: '2500',
      ROUTING_TOTAL_TIMEOUT_MS: '10000',
    },
  });
  await routing.addProvider({
    id: 'first',
    baseUrl: `${simulator.providers.first?.baseUrl}/v1`,
    priority: 10,
  });
  await routing.addProvider({
    id: 'second',
    baseUrl: `${simulator.providers.second?.baseUrl}/v1`,
    priority: 20,
  });
});

beforeEach(() => {
  model = MODELS[used++] as string;
});

afterEach(() => {
  simulator.clearFaults();
  simulator.setLatency({ provider: '*', latency: {} });
});

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

const ask = (change: Parameters<typeof CompleteRequest.fromPartial>[0] = {}) =>
  CompleteRequest.fromPartial({
    model,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    ...change,
  });
const complete = (request = ask()): Promise<CompleteResponse> =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request,
    target: routing.target,
    timeoutMs: 25_000,
  });
const stream = async (request = ask()): Promise<StreamCompleteResponse[]> => {
  const call = routing.inference.streamComplete(request, callMetadata(routing.target));
  const events: StreamCompleteResponse[] = [];
  for await (const event of call) events.push(event as StreamCompleteResponse);
  return events;
};
const decisionOf = async (requestId: string) => {
  const method = routing.inference.getDecision.bind(routing.inference);
  return (await callUnary({ method, request: { requestId }, target: routing.target, timeoutMs: 5_000 }))
    .decision;
};
const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const postChat = (body: unknown) =>
  httpRequest(`${routing.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('a request is answered by the provider of the highest priority, with usage and the reason', async () => {
  const response = await complete();
  expect(response.route).toMatchObject({
    provider: 'first',
    model,
    fallbacks: 0,
    alternatives: [`second/${model}`],
  });
  expect(response.finishReason).toBe(FinishReason.STOP);
  expect(response.message?.parts[0]?.content?.$case).toBe('text');
  expect(response.usage).toMatchObject({ estimated: false });
  expect(response.usage?.outputTokens).toBeGreaterThan(0);
});

test('a stream gives started, deltas and finished in this order, and the same text as the unary answer', async () => {
  const events = await stream();
  const kinds = events.map(({ event }) => event?.$case);
  expect(kinds[0]).toBe('started');
  expect(kinds.at(-1)).toBe('finished');
  expect(new Set(kinds.slice(1, -1))).toEqual(new Set(['delta']));
  const text = events
    .map(({ event }) =>
      event?.$case === 'delta' && event.value.content?.$case === 'text' ? event.value.content.value : '',
    )
    .join('');
  const whole = (await complete()).message?.parts[0]?.content;
  expect(text).toBe(whole?.value);
});

test.each([
  ['500', { type: 'status', status: 500 }],
  ['429', { type: 'status', status: 429, retryAfter: 1 }],
  ['a reset connection', { type: 'reset' }],
  ['a stall', { type: 'stall' }],
  ['garbage', { type: 'garbage', afterChunks: 0 }],
  ['a wrong content type', { type: 'wrong-content-type' }],
] as const)(
  'after %s the next provider answers, unary and streamed, and the decision names both attempts',
  async (_, fault) => {
    simulator.setFaults({ provider: 'first', rules: [{ fault }] });
    const response = await complete();
    expect(response.route).toMatchObject({ provider: 'second', fallbacks: 1 });
    const decision = await decisionOf(response.requestId);
    expect(decision?.outcome).toBe(DecisionOutcome.FALLBACK_SUCCESS);
    expect(decision?.attempts.map(({ provider }) => provider)).toEqual(['first', 'second']);
    expect(decision?.attempts.at(-1)?.outcome).toBe('ok');
    const [started] = await stream();
    expect(started?.event).toMatchObject({ $case: 'started', value: { route: { provider: 'second' } } });
  },
);

test('an answer in one piece may take longer than the time to the first token of a stream', async () => {
  simulator.setLatency({ provider: 'first', latency: { firstTokenMs: 4_000 } });
  expect((await complete()).route).toMatchObject({ provider: 'first', fallbacks: 0 });
  const [started] = await stream();
  expect(started?.event).toMatchObject({ $case: 'started', value: { route: { provider: 'second' } } });
});

test('a stream that breaks after its first byte is not begun again elsewhere: the caller is told', async () => {
  simulator.setFaults({
    provider: 'first',
    rules: [{ match: { stream: true }, fault: { type: 'truncate', afterChunks: 3 } }],
  });
  const events: StreamCompleteResponse[] = [];
  const call = routing.inference.streamComplete(ask(), callMetadata(routing.target));
  const error = await (async () => {
    for await (const event of call) events.push(event as StreamCompleteResponse);
    return undefined;
  })().catch((caught: { code: number }) => caught);
  expect(error).toBeDefined();
  expect(events.at(-1)?.event?.$case).toBe('delta');
});

test('when nobody can answer, the error names the last provider, its error class and how many were tried', async () => {
  simulator.setFaults({ provider: '*', rules: [{ fault: { type: 'status', status: 503 } }] });
  const error = await failure(complete(ask({ failover: { maxRetries: 0 } })));
  expect(error.code).toBe('UNAVAILABLE');
  expect(error.metadata).toMatchObject({ provider: 'second', attempts: '2' });
  const decision = await decisionOf(error.metadata.request_id ?? '');
  expect(decision?.outcome).toBe(DecisionOutcome.FALLBACK_EXHAUSTED);
});

test('what a provider tells of its prompt cache is expected there by the next request that begins alike', async () => {
  const textOf = (role: Role, value: string) => ({ role, parts: [{ content: { $case: 'text', value } }] });
  const cachedAt = async (question: string) => {
    const messages = [textOf(Role.SYSTEM, 'word '.repeat(2_000)), textOf(Role.USER, question)];
    const { requestId } = await complete(CompleteRequest.fromPartial({ model, messages } as object));
    const candidates = (await decisionOf(requestId))?.candidates ?? [];
    return candidates.flatMap(({ provider, cachedPrefixTokens = 0 }) =>
      cachedPrefixTokens > 1_000 ? provider : [],
    );
  };
  // The first fills the provider's cache, the second is told what was read from it.
  expect([await cachedAt('Why?'), await cachedAt('How?'), await cachedAt('When?')]).toEqual([
    [],
    [],
    ['first'],
  ]);
});

test('failover that is not allowed does not happen', async () => {
  simulator.setFaults({ provider: 'first', rules: [{ fault: { type: 'status', status: 500 } }] });
  const error = await failure(complete(ask({ failover: { allowed: false } })));
  expect(error.metadata).toMatchObject({ provider: 'first', attempts: '3' });
});

test.each([
  ['model', { model: 'nothing-like-it' }, 'NOT_FOUND', 'model'],
  ['no messages', { messages: [] }, 'INVALID_ARGUMENT', 'messages'],
  [
    'an unknown role',
    { messages: [{ role: 17 as never, parts: [{ content: { $case: 'text' as const, value: 'x' } }] }] },
    'INVALID_ARGUMENT',
    'messages[0].role',
  ],
  [
    'negative tokens',
    { sampling: { maxOutputTokens: -1 } },
    'INVALID_ARGUMENT',
    'sampling.max_output_tokens',
  ],
  [
    'an unknown capability',
    { requirements: { capabilities: ['flying'] } },
    'INVALID_ARGUMENT',
    'requirements.capabilities[0]',
  ],
  [
    'an unknown region',
    { requirements: { residency: ['mars'] } },
    'INVALID_ARGUMENT',
    'requirements.residency[0]',
  ],
] as const)('%s: the right code, naming the field', async (...[, change, code, field]) => {
  const error = await failure(complete(ask(change as Parameters<typeof CompleteRequest.fromPartial>[0])));
  expect([error.code, error.violations[0]?.field]).toEqual([code, field]);
});

test('when nothing fits, each candidate is told with its constraint', async () => {
  const error = await failure(complete(ask({ requirements: { residency: ['eu-west'] } })));
  expect(error.code).toBe('FAILED_PRECONDITION');
  expect(error.metadata[`first/${model}`]).toMatch(/^residency: /);
  expect(error.metadata[`second/${model}`]).toMatch(/^residency: /);
});

test('a provider that an operator has disabled is shown as disabled', async () => {
  await routing.addProvider({ id: 'off', baseUrl: 'https://off.example', mode: ProviderMode.DISABLED });
  const { target, inference, admin } = routing;
  const listed = await callUnary({
    method: inference.listProviders.bind(inference),
    request: { pageSize: 10, pageToken: '' },
    target,
    timeoutMs: 5_000,
  });
  expect(listed.providers.map(({ provider, health }) => [provider?.id, health])).toEqual([
    ['first', expect.any(String)],
    ['off', 'disabled'],
    ['second', expect.any(String)],
  ]);
  await callUnary({
    method: admin.deleteProvider.bind(admin),
    request: { id: 'off', tenant: '', etag: '' },
    target,
    timeoutMs: 5_000,
  });
});

test('every attempt is on the usage stream: who paid, who served, what it used, under its number', async () => {
  const connection = await connect({ servers: servers.nats.url });
  const names = busNames(servers.nats.prefix);
  const records: UsageRecord[] = [];
  connection.subscribe(names.usageAll, {
    callback: (_, { data }) => {
      for (const { record } of UsageBatch.decode(data).records) records.push(UsageRecord.decode(record));
    },
  });
  await connection.flush();
  simulator.setFaults({ provider: 'first', rules: [{ fault: { type: 'status', status: 500 }, count: 1 }] });
  const { requestId } = await complete(ask({ context: { agent: 'a1' } }));
  await vi.waitFor(
    () => expect(records.filter((record) => record.requestId === requestId)).toHaveLength(2),
    20_000,
  );
  const [failed, answered] = records.filter((record) => record.requestId === requestId);
  expect(failed).toMatchObject({
    line: LineKind.WASTE,
    provider: 'first',
    outcome: 'server_error',
    costNanoUsd: 0n,
    requestOutcome: 0,
  });
  expect(answered).toMatchObject({
    line: LineKind.CHARGE,
    provider: 'second',
    outcome: 'ok',
    tenant: 't1',
    agent: 'a1',
    requestOutcome: DecisionOutcome.FALLBACK_SUCCESS,
  });
  const attempts = simulator.attempts({ limit: 10_000 }).records.map((attempt) => attempt.attemptId);
  expect(attempts).toContain(answered?.attemptId);
  await connection.close();
});

test('a caller that goes away ends the provider call within a second, and the call is booked', async () => {
  simulator.setLatency({ provider: 'first', latency: { perTokenMs: 250 } });
  const before = simulator.stats().providers.first?.aborted ?? 0;
  const call = routing.inference.streamComplete(ask(), callMetadata(routing.target));
  call.on('error', () => undefined);
  await new Promise((resolve) => call.once('data', resolve));
  call.cancel();
  const isEnded = () => expect(simulator.stats().providers.first?.aborted).toBe(before + 1);
  expect(await takesMs(() => vi.waitFor(isEnded, { timeout: 10_000, interval: 20 }))).toBeLessThan(1_000);
});

test('over HTTP: unary, stream, models and errors have OpenAI’s shapes', async () => {
  const unary = await postChat({ model, messages: [{ role: 'user', content: 'hello' }] });
  expect(unary.statusCode).toBe(200);
  expect(await unary.body.json()).toMatchObject({
    object: 'chat.completion',
    choices: [{ finish_reason: 'stop' }],
  });
  const streamed = await postChat({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  });
  expect(streamed.headers['content-type']).toContain('text/event-stream');
  expect((await streamed.body.text()).trimEnd().endsWith('data: [DONE]')).toBe(true);
  const models = await httpRequest(`${routing.httpUrl}/v1/models`);
  expect(await models.body.json()).toMatchObject({
    object: 'list',
    data: expect.arrayContaining([expect.objectContaining({ id: 'm1' })]),
  });
});

test('over HTTP a model may have a name that no header takes as it is', async () => {
  const name = 'модель';
  const baseUrl = `${simulator.providers.first?.baseUrl}/v1`;
  await routing.addProvider({ id: 'words', baseUrl, models: [ProviderModel.fromPartial({ model: name })] });
  for (const stream of [false, true]) {
    const { statusCode, headers, body } = await postChat({
      model: name,
      stream,
      messages: [{ role: 'user', content: 'hello' }],
    });
    await body.dump();
    expect([statusCode, headers['x-switchyard-model']]).toEqual([200, encodeURIComponent(name)]);
  }
});

test.each([
  ['malformed JSON', '{"model":', 400, '(body)'],
  ['an unknown role', { model: 'm1', messages: [{ role: 'robot', content: 'x' }] }, 400, 'messages[0].role'],
  [
    'negative tokens',
    { model: 'm1', max_tokens: -1, messages: [{ role: 'user', content: 'x' }] },
    400,
    'max_tokens',
  ],
  ['an unknown model', { model: 'nope', messages: [{ role: 'user', content: 'x' }] }, 404, 'model'],
] as const)(
  'over HTTP %s gets status and field, and the server goes on',
  async (...[, body, status, param]) => {
    const answer = await postChat(body);
    expect(answer.statusCode).toBe(status);
    expect(await answer.body.json()).toMatchObject({ error: { param } });
    expect((await postChat({ model, messages: [{ role: 'user', content: 'x' }] })).statusCode).toBe(200);
  },
);

test('a body of 40 MB is refused while the server goes on', async () => {
  const { hostname, port } = new URL(routing.httpUrl);
  // The answer comes before the body is sent, so the client that sends on may only see a closed connection: read it by hand.
  const socket = connectTcp(Number(port), hostname);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${40 * 1024 * 1024}\r\n\r\n`,
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
  expect((await complete()).route?.provider).toBe('first');
});
