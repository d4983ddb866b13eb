import { CompleteRequest, Purpose, RequestPriority, Role } from '@switchyard/contracts/routing';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
const [model = ''] = MODELS;

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'slow', format: 'openai-chat', models: 'any' }] });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: { ROUTING_MAX_CONCURRENT_REQUESTS: '1', ROUTING_MAX_QUEUED_REQUESTS: '1' },
  });
  await routing.addProvider({ id: 'slow', baseUrl: `${simulator.providers.slow?.baseUrl}/v1` });
});

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

const messages = [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'hi' } as const }] }];

const complete = (priority: RequestPriority, purpose: Purpose = Purpose.USER_REQUEST) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: CompleteRequest.fromPartial({ model, messages, priority, purpose }),
    target: routing.target,
    timeoutMs: 20_000,
  });

const chat = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  request(`${routing.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], ...body }),
  });

const gauges = async (): Promise<string> => await (await request(`${routing.opsUrl}/metrics`)).body.text();
const activeRequests = async () =>
  Number(/^switchyard_routing_active_requests\S* (\d+)$/m.exec(await gauges())?.[1]);

/** One request that takes the only place until it is answered. */
async function occupy(ms: number): Promise<void> {
  simulator.setLatency({ provider: 'slow', latency: { firstTokenMs: ms } });
  const before = simulator.stats().providers.slow?.received ?? 0;
  complete(RequestPriority.NORMAL).catch(() => undefined);
  await expect.poll(() => simulator.stats().providers.slow?.received, { interval: 10 }).toBe(before + 1);
  simulator.setLatency({ provider: 'slow', latency: { firstTokenMs: 0 } });
}

test('what waits for too long is refused with 429 and Retry-After, over HTTP as by gRPC', async () => {
  await occupy(6_000);
  const refused = await chat({}, { 'x-switchyard-priority': 'low' });
  expect(refused.statusCode).toBe(429);
  expect(refused.headers['retry-after']).toBe('1');
  expect(await refused.body.json()).toMatchObject({
    error: { message: expect.stringMatching(/priority low.*try again in a moment/) },
  });
  await expect(complete(RequestPriority.HIGH)).rejects.toMatchObject({
    reason: 'TOO_MANY_REQUESTS',
    code: 'RESOURCE_EXHAUSTED',
    retryable: true,
    retryAfterMs: 1_000,
  });
  expect(await gauges()).toMatch(/^switchyard_routing_shed_requests_total\{[^}]*priority="low"[^}]*\} 1$/m);
  await vi.waitFor(async () => expect(await activeRequests()).toBe(0), { timeout: 20_000 });
});

test('a probe is let in always, and whoever gets in leaves again: answered, refused by a provider, or gone', async () => {
  await occupy(1_000);
  await complete(RequestPriority.NORMAL, Purpose.PROBE);
  await vi.waitFor(async () => expect(await activeRequests()).toBe(0), { timeout: 20_000 });
  for (const stream of [false, true]) {
    expect((await chat({ stream })).statusCode).toBe(200);
    await vi.waitFor(async () => expect(await activeRequests()).toBe(0), { timeout: 20_000 });
    expect((await chat({ stream, model: 'nobody-has-it' })).statusCode).toBe(404);
    await vi.waitFor(async () => expect(await activeRequests()).toBe(0), { timeout: 20_000 });
  }
  simulator.setLatency({ provider: 'slow', latency: { perTokenMs: 100 } });
  const { body } = await chat({ stream: true });
  body.on('error', () => undefined).destroy();
  await vi.waitFor(async () => expect(await activeRequests()).toBe(0), { timeout: 20_000 });
});

test('a priority that is none is refused by its name', async () => {
  simulator.setLatency({ provider: 'slow', latency: {} });
  const refused = await chat({}, { 'x-switchyard-priority': 'urgent' });
  expect(refused.statusCode).toBe(400);
  expect(await refused.body.text()).toContain('priority');
  await expect(complete(9 as RequestPriority)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
});
