import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CompleteRequest,
  DecisionOutcome,
  LimitAdminServiceClient,
  ListLimitsRequest,
  type ProviderLimits,
  Role,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true, redis: true });
let simulator: Simulator;
let replicas: RoutingUnderTest[];

beforeAll(async () => {
  const names = ['first', 'second', 'alone', 'busy'];
  simulator = await startSimulator({
    providers: names.map((name) => ({ name, format: 'openai-chat', models: 'any' })),
  });
  const setup = {
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: { REDIS_URL: servers.redis.url },
  };
  replicas = [await startRouting(setup), await startRouting(setup)];
  const limits: Readonly<Record<string, Partial<ProviderLimits>>> = {
    first: { requestsPerMinute: 1, burstRequests: 4 },
    alone: { requestsPerMinute: 1, burstRequests: 1 },
    busy: { concurrentRequests: 1 },
  };
  for (const [i, id] of names.entries()) {
    const baseUrl = `${simulator.providers[id]?.baseUrl}/v1`;
    await one().addProvider({ id, baseUrl, priority: i, limits: limits[id] as ProviderLimits });
  }
  // Once the other replica knows of them, too, and both of the store.
  await vi.waitFor(
    async () => {
      for (const routing of replicas) {
        const ready = (await (await request(`${routing.opsUrl}/readyz`)).body.json()) as Ready;
        expect(ready.parts.redis?.ok).toBe(true);
        expect(ready.parts.providers?.detail).toBe('4 configured');
      }
    },
    { timeout: 20_000 },
  );
});

afterAll(async () => {
  for (const routing of replicas) await routing[Symbol.asyncDispose]();
  await simulator.close();
});

interface Ready {
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string } | undefined>>;
}

const one = (i = 0) => replicas[i % replicas.length] as RoutingUnderTest;
const [model = ''] = MODELS;

const complete = (routing: RoutingUnderTest, allowedProviders: string[]) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: CompleteRequest.fromPartial({
      model,
      messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
      requirements: { allowedProviders },
    }),
    target: routing.target,
    timeoutMs: 20_000,
  });

const decisionOf = async (routing: RoutingUnderTest, requestId: string) => {
  const method = routing.inference.getDecision.bind(routing.inference);
  return (await callUnary({ method, request: { requestId }, target: routing.target, timeoutMs: 5_000 }))
    .decision;
};

test('two replicas share a limit; what is above it goes to the next candidate, and the decision tells why', async () => {
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) => complete(one(i), ['first', 'second'])),
  );
  const byFirst = answers.filter(({ route }) => route?.provider === 'first').length;
  // One or two may still lie in a replica's part.
  expect(byFirst).toBeGreaterThanOrEqual(2);
  expect(byFirst).toBeLessThanOrEqual(4);
  expect(simulator.stats().providers.first?.received).toBe(byFirst);
  // Where a replica learns of it only as it calls, the decision has it among the attempts.
  await vi.waitFor(
    async () => {
      const { requestId, route } = await complete(one(), ['first', 'second']);
      expect(route?.provider).toBe('second');
      const decision = await decisionOf(one(), requestId);
      expect(decision?.outcome).toBe(DecisionOutcome.COMPLETE);
      expect(decision?.candidates.find(({ provider }) => provider === 'first')?.exclusions).toMatchObject([
        {
          constraint: 'rate_limited',
          detail: expect.stringMatching(
            /^it has reached its limit of 1 calls a minute; there is room in \d+ ms$/,
          ),
        },
      ]);
    },
    { timeout: 20_000 },
  );
});

test('where nobody else may answer, the caller is told when there is room again', async () => {
  await complete(one(), ['alone']);
  const error = await complete(one(), ['alone']).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ reason: 'NO_CANDIDATE', code: 'UNAVAILABLE', retryable: true });
  const { retryAfterMs = 0 } = error as ServiceError;
  expect(retryAfterMs).toBeGreaterThan(30_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
});

test('calls under way at the other replica count, and their places come back', async () => {
  simulator.setLatency({ provider: 'busy', latency: { firstTokenMs: 5_000 } });
  const slow = complete(one(0), ['busy']);
  await expect.poll(() => simulator.stats().providers.busy?.received, { interval: 10 }).toBe(1);
  const error = await complete(one(1), ['busy']).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ reason: 'NO_CANDIDATE', code: 'UNAVAILABLE' });
  await slow;
  await vi.waitFor(() => complete(one(1), ['busy']), { timeout: 20_000 });
}, 60_000);

test('a provider that tells it has nothing left is not asked until its reset', async () => {
  const told = await startTold();
  try {
    await one().addProvider({ id: 'told', baseUrl: `http://127.0.0.1:${told.port}/v1`, priority: 0 });
    await complete(one(), ['told', 'second']);
    expect(told.calls()).toBe(1);
    const { requestId, route } = await complete(one(), ['told', 'second']);
    expect(route?.provider).toBe('second');
    expect(told.calls()).toBe(1);
    const decision = await decisionOf(one(), requestId);
    expect(decision?.candidates.find(({ provider }) => provider === 'told')?.exclusions).toMatchObject([
      {
        constraint: 'rate_limited',
        detail: expect.stringMatching(
          /^by its own answers it takes no more requests now; there is room in \d+ ms$/,
        ),
      },
    ]);
  } finally {
    told.close();
  }
});

test('the use of each limit is told: of all replicas, of endpoints, and what providers told of their own', async () => {
  const { limits, entrance } = await listLimits(one(1));
  const named = (provider: string) => limits.filter((limit) => limit.provider === provider);
  const byAll = { value: 1n, endpoint: '', model: '', shared: true };
  expect(named('first')).toMatchObject([{ ...byAll, limit: 'requests_per_minute', capacity: 4n }]);
  expect(named('first')[0]?.left).toBeLessThan(3);
  expect(named('alone')).toMatchObject([{ ...byAll, limit: 'requests_per_minute', capacity: 1n }]);
  expect(named('busy')).toMatchObject([{ ...byAll, limit: 'concurrent_requests', capacity: 1n }]);
  expect(entrance).toMatchObject({ active: 0, mostActive: 16_384, mostQueued: 1_024 });
  const told = (await listLimits(one(0))).limits.filter(({ provider }) => provider === 'told');
  expect(told).toMatchObject([{ limit: 'provider_requests', model, value: 1n, shared: false }]);
  const metrics = await (await request(`${one().opsUrl}/metrics`)).body.text();
  expect(metrics).toMatch(/^switchyard_routing_limit_left\{[^}]*limit="requests_per_minute"[^}]*\} /m);
});

async function listLimits(routing: RoutingUnderTest) {
  const client = openGrpcClient(LimitAdminServiceClient, routing.target);
  try {
    const method = client.listLimits.bind(client);
    const request = ListLimitsRequest.fromPartial({});
    return await callUnary({ method, request, target: routing.target, timeoutMs: 5_000 });
  } finally {
    client.close();
  }
}

/** A provider that answers, and tells with each answer that no request is left for 5 minutes. */
async function startTold() {
  let calls = 0;
  const answer = {
    id: '1',
    object: 'chat.completion',
    model,
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }],
  };
  const headers = {
    'content-type': 'application/json',
    'x-ratelimit-limit-requests': '1',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '5m0s',
  };
  const server = createServer((_, response) => {
    calls += 1;
    response.writeHead(200, headers).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, calls: () => calls, close: () => server.close() };
}
