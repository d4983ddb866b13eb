import {
  CompleteRequest,
  DecisionOutcome,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { callMetadata, callUnary } from '@switchyard/service-kit';
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

const ask = (hedge: CompleteRequest['hedge']) =>
  CompleteRequest.fromPartial({
    model,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    hedge,
  });
const complete = (hedge: CompleteRequest['hedge']) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: ask(hedge),
    target: routing.target,
    timeoutMs: 20_000,
  });
const stream = async (hedge: CompleteRequest['hedge']): Promise<StreamCompleteResponse[]> => {
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
