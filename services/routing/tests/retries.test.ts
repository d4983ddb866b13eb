import { CompleteRequest, DecisionOutcome, Role } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { callUnary } from '@switchyard/service-kit';
import {
  type FaultRule,
  type RetryAfter,
  type Simulator,
  startSimulator,
} from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let used = 0;
let model: string;

beforeAll(async () => {
  const names = ['first', 'second'];
  simulator = await startSimulator({
    providers: names.map((name) => ({ name, format: 'openai-chat', models: 'any' })),
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
  });
  for (const [i, id] of names.entries())
    await routing.addProvider({ id, baseUrl: `${simulator.providers[id]?.baseUrl}/v1`, priority: i });
});

beforeEach(() => {
  // Each test has a model of its own, and with it candidates that know nothing of the other tests.
  model = MODELS[used++] as string;
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

const onlyFirst = { requirements: { allowedProviders: ['first'] } };

const complete = (change: Parameters<typeof CompleteRequest.fromPartial>[0] = {}, timeoutMs = 20_000) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: CompleteRequest.fromPartial({
      model,
      messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
      ...change,
    }),
    target: routing.target,
    timeoutMs,
  });
const decisionOf = async (requestId: string) => {
  const method = routing.inference.getDecision.bind(routing.inference);
  return (await callUnary({ method, request: { requestId }, target: routing.target, timeoutMs: 5_000 }))
    .decision;
};
const failureOf = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const failFirst = (...faults: FaultRule[]) => simulator.setFaults({ provider: 'first', rules: faults });
const callsOfFirst = () => simulator.stats().providers.first?.models[model]?.received ?? 0;

test('where nobody else may answer, the one that stumbled is asked again, and its answer is no fallback', async () => {
  failFirst({ count: 1, fault: { type: 'status', status: 500 } });
  const { requestId, route } = await complete(onlyFirst);
  expect(route).toMatchObject({ provider: 'first', fallbacks: 0 });
  const decision = await decisionOf(requestId);
  expect(decision?.outcome).toBe(DecisionOutcome.COMPLETE);
  expect(decision?.attempts.map(({ outcome }) => outcome)).toEqual(['server_error', 'ok']);
});

test('another candidate is asked at once before the one that stumbled is asked again', async () => {
  failFirst({ count: 1, fault: { type: 'status', status: 500 } });
  const { requestId } = await complete();
  const decision = await decisionOf(requestId);
  expect(decision?.outcome).toBe(DecisionOutcome.FALLBACK_SUCCESS);
  expect(decision?.attempts.map(({ provider }) => provider)).toEqual(['first', 'second']);
});

test.each([
  ['in seconds', { form: 'seconds', seconds: 1 }],
  ['in milliseconds', { form: 'ms', seconds: 1 }],
  ['as a date', { form: 'http-date', seconds: 3 }],
] satisfies [string, RetryAfter][])(
  'Retry-After %s is waited for where nobody else may answer',
  async (_, retryAfter) => {
    failFirst({ count: 1, fault: { type: 'status', status: 429, retryAfter } });
    const { requestId } = await complete(onlyFirst);
    const [refused, answered] = (await decisionOf(requestId))?.attempts ?? [];
    expect([refused?.outcome, answered?.outcome]).toEqual(['rate_limited', 'ok']);
    const pauseMs = Number(answered?.startedAt) - Number(refused?.startedAt);
    // A date has whole seconds, and part of the first is over already.
    expect(pauseMs).toBeGreaterThanOrEqual(990);
  },
);

test('a Retry-After beyond the deadline is told at once instead of waited for', async () => {
  failFirst({ fault: { type: 'status', status: 429, retryAfter: 8 } });
  const error = await failureOf(complete(onlyFirst, 6_000));
  expect(error).toMatchObject({ reason: 'PROVIDER_RATE_LIMITED', code: 'RESOURCE_EXHAUSTED' });
  expect(error.retryAfterMs).toBe(8_000);
  expect(callsOfFirst()).toBe(1);
});

test('retries are bounded by max_retries', async () => {
  failFirst({ fault: { type: 'status', status: 500 } });
  await failureOf(complete({ ...onlyFirst, failover: { maxRetries: 1 } }));
  expect(callsOfFirst()).toBe(2);
  await failureOf(complete({ ...onlyFirst, failover: { maxRetries: 0 } }));
  expect(callsOfFirst()).toBe(3);
});

test('what asked for a pause is left out until it is over, with the reason, and then comes back', async () => {
  failFirst({ count: 1, fault: { type: 'status', status: 429, retryAfter: 5 } });
  expect((await complete()).route?.provider).toBe('second');
  const { requestId, route } = await complete();
  expect(route?.provider).toBe('second');
  const excluded = (await decisionOf(requestId))?.candidates.find(({ provider }) => provider === 'first');
  expect(excluded?.exclusions).toMatchObject([
    { constraint: 'cooling_down', detail: expect.stringMatching(/^cooling down until 20.*Z: it has asked/) },
  ]);
  expect(callsOfFirst()).toBe(1);
  await vi.waitFor(async () => expect((await complete()).route?.provider).toBe('first'), {
    timeout: 20_000,
    interval: 200,
  });
});

test('where all candidates pause, the caller is told when the first comes back', async () => {
  failFirst({ fault: { type: 'status', status: 429, retryAfter: 60 } });
  await failureOf(complete(onlyFirst));
  const error = await failureOf(complete(onlyFirst));
  expect(error).toMatchObject({ reason: 'NO_CANDIDATE', code: 'UNAVAILABLE', retryable: true });
  expect(error.retryAfterMs).toBeGreaterThan(30_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
  expect(callsOfFirst()).toBe(1);
});
