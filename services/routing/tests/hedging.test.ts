import {
  CompleteRequest,
  DecisionOutcome,
  type HedgePolicy,
  HedgeUse,
  Policy,
  PolicyAdminServiceClient,
  Pool,
  PoolAdminServiceClient,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { callMetadata, callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type FaultRule, type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

/** Requests that may be hedged before one is: the budget is a twentieth. */
const SAVED_UP = 20;
const NEVER: FaultRule = { fault: { type: 'stall' } };

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

beforeEach(async () => {
  // Each test has a model of its own, and with it a budget of its own.
  model = MODELS[used++] as string;
  await saveUp();
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

const saveUp = () => Promise.all(Array.from({ length: SAVED_UP }, () => complete({ delayMs: 60_000 })));

type Hedge = Parameters<typeof HedgePolicy.fromPartial>[0] | undefined;
const ask = (hedge: Hedge, asked = model) =>
  CompleteRequest.fromPartial({
    model: asked,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    hedge,
  });
const complete = (hedge: Hedge, asked = model) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: ask(hedge, asked),
    target: routing.target,
    timeoutMs: 20_000,
  });
const stream = async (hedge: Hedge): Promise<StreamCompleteResponse[]> => {
  const call = routing.inference.streamComplete(ask(hedge), callMetadata(routing.target));
  const events: StreamCompleteResponse[] = [];
  for await (const event of call) events.push(event as StreamCompleteResponse);
  return events;
};
const decisionOf = async (requestId: string) => {
  const method = routing.inference.getDecision.bind(routing.inference);
  return (await callUnary({ method, request: { requestId }, target: routing.target, timeoutMs: 5_000 }))
    .decision;
};
const setFaults = (provider: string, ...rules: FaultRule[]) => simulator.setFaults({ provider, rules });
const callsAt = (provider: string) => simulator.stats().providers[provider]?.models[model]?.received ?? 0;
/** A call that is stalled ends when its caller leaves, and not before. */
const inFlightAt = (provider: string) => simulator.stats().providers[provider]?.models[model]?.inFlight;

test('a silent provider is hedged by another one, whose answer counts; the slow call is ended and is waste', async () => {
  setFaults('first', NEVER);
  const { requestId, route, cost } = await complete({ delayMs: 50 });
  expect(route).toMatchObject({
    provider: 'second',
    fallbacks: 0,
    reason: `hedge: it answered before first/${model}`,
  });
  const decision = await decisionOf(requestId);
  expect(decision?.outcome).toBe(DecisionOutcome.COMPLETE);
  expect(decision?.attempts.map(({ provider, outcome, hedge }) => [provider, outcome, hedge])).toEqual([
    ['first', 'cancelled', false],
    ['second', 'ok', true],
  ]);
  expect(decision?.route?.provider).toBe('second');
  expect(cost?.priceVersion).toBeDefined();
  await expect.poll(() => inFlightAt('first')).toBe(0);
});

test('a silent stream is hedged: one start, one end, the winner’s pieces alone', async () => {
  setFaults('first', NEVER);
  const events = await stream({ delayMs: 50 });
  const kinds = events.map(({ event }) => event?.$case);
  expect(kinds.filter((kind) => kind === 'started')).toHaveLength(1);
  expect(kinds.at(-1)).toBe('finished');
  const [started] = events;
  expect(started?.event?.$case === 'started' && started.event.value.route?.provider).toBe('second');
  await expect.poll(() => inFlightAt('first')).toBe(0);
});

test('the first one may win after all: then the hedge is ended', async () => {
  setFaults('first', { fault: { type: 'delay', firstTokenMs: 2_000 } });
  setFaults('second', NEVER);
  const { requestId, route } = await complete({ delayMs: 50 });
  expect(route).toMatchObject({ provider: 'first', fallbacks: 0 });
  const decision = await decisionOf(requestId);
  expect(decision?.attempts.map(({ provider, outcome, hedge }) => [provider, outcome, hedge])).toEqual([
    ['second', 'cancelled', true],
    ['first', 'ok', false],
  ]);
  await expect.poll(() => inFlightAt('second')).toBe(0);
});

test('where the hedge fails, the first one goes on', async () => {
  setFaults('first', { count: 1, fault: { type: 'delay', firstTokenMs: 2_000 } });
  setFaults('second', { fault: { type: 'status', status: 500 } });
  const { requestId, route } = await complete({ delayMs: 50 });
  expect(route?.provider).toBe('first');
  expect((await decisionOf(requestId))?.attempts.map(({ outcome }) => outcome)).toEqual([
    'server_error',
    'ok',
  ]);
});

test('hedges are a twentieth of the requests, however slow a provider is', async () => {
  setFaults('first', { fault: { type: 'delay', firstTokenMs: 60 } });
  const before = callsAt('second');
  for (let i = 0; i < 40; i++) await complete({ delayMs: 1 });
  // Twenty were saved up before, and forty follow: three in all.
  expect(callsAt('second') - before).toBeLessThanOrEqual(3);
  expect(callsAt('second') - before).toBeGreaterThanOrEqual(1);
});

test('without a stated delay it is the 95th percentile of what is known of the candidate', async () => {
  setFaults('first', NEVER);
  const { route } = await complete({});
  expect(route?.provider).toBe('second');
});

/** What the installation's policy says of hedging. */
async function setPolicy(hedge: Policy['hedge']) {
  const policies = openGrpcClient(PolicyAdminServiceClient, routing.target);
  const policy = Policy.fromPartial({ hedge });
  await callUnary({
    method: policies.setPolicy.bind(policies),
    request: { policy },
    target: routing.target,
    timeoutMs: 5_000,
  });
  policies.close();
}

test('a policy switches it on for requests that say nothing; a request or a pool may switch it off', async () => {
  const pools = openGrpcClient(PoolAdminServiceClient, routing.target);
  const pool = Pool.fromPartial({ id: 'calm', members: [{ model }], hedge: { use: HedgeUse.OFF } });
  const method = pools.createPool.bind(pools);
  await callUnary({ method, request: { pool }, target: routing.target, timeoutMs: 5_000 });
  pools.close();
  await setPolicy({ use: HedgeUse.ON, delayMs: 50 });
  try {
    setFaults('first', { fault: { type: 'delay', firstTokenMs: 500 } });
    const calls = callsAt('second');
    expect((await complete(undefined, 'calm')).route?.provider).toBe('first');
    expect((await complete({ use: HedgeUse.OFF })).route?.provider).toBe('first');
    expect(callsAt('second')).toBe(calls);
    setFaults('first', NEVER);
    expect((await complete(undefined)).route?.provider).toBe('second');
  } finally {
    await setPolicy(undefined);
  }
});
