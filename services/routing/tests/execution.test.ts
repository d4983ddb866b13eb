import type { UsageRecord } from '@switchyard/contracts/events';
import { CompleteRequest, type Decision, Role, Strategy } from '@switchyard/contracts/routing';
import { systemClock } from '@switchyard/kernel';
import { chatOf } from '@switchyard/llm';
import { createLogger } from '@switchyard/service-kit';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { CacheStatistics } from '../src/cache/cache-statistics.ts';
import { KnownQuestions } from '../src/cache/known-questions.ts';
import { MemoryAnswers } from '../src/cache/memory-answers.ts';
import { RoutingEvents } from '../src/events.ts';
import { askRequest } from '../src/pipeline/ask-request.ts';
import { Execution } from '../src/pipeline/execution.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { OperationCall, PipelineCall } from '../src/pipeline/pipeline-call.ts';
import type { PipelineContext } from '../src/ports.ts';
import { ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { RuntimeRegistry } from '../src/runtime/runtime-registry.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import type { CallFailure } from '../src/transport/call-provider.ts';
import type { ProviderTransport } from '../src/transport/provider-transport.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';

const call: PipelineCall = {
  request: CompleteRequest.fromPartial({
    model: 'm',
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'hello' } }] }],
  }),
  principal: { keyId: 'k', tenant: 't', role: 'agent', installation: false, permissions: new Set() },
  signal: new AbortController().signal,
  deadlineAtMs: undefined,
};

const asked: OperationCall = { ...call, operation: chatOf(call.request) };

const failure: CallFailure = {
  reached: true,
  status: 500,
  error: {
    class: 'server_error',
    retryable: true,
    sameProviderRetry: false,
    retryAfterMs: undefined,
    detail: 'HTTP 500',
    messageForCaller: undefined,
    providerCode: undefined,
    httpStatus: 500,
  },
};

/** No request here has an idempotency key. */
const unused = () => Promise.reject(new Error('not used'));

/** Three providers a, b, c in this order, each call 100 ms after the last; what is booked and decided is kept. */
function contextOf(change: Partial<PipelineContext> = {}) {
  const booked: UsageRecord[] = [];
  const held = new Set<string>();
  const decisions: Decision[] = [];
  let nowMs = 0;
  const offerings = ['a', 'b', 'c'].map((provider, i) => offering({ provider, priority: i }));
  const context: PipelineContext = {
    snapshots: { current: snapshotOf(offerings) } as unknown as SnapshotHolder,
    runtimes: new RuntimeRegistry(),
    quotas: new ProviderQuotas({ store: undefined, clock: systemClock }),
    transport: {
      send: () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    } as unknown as ProviderTransport,
    secrets: readyKeys(({ id }) => (id === 'b' ? Promise.resolve(undefined) : bearer('key'))),
    usage: {
      hold: (attemptId) => held.add(attemptId),
      settle: (attemptId, record) => {
        held.delete(attemptId);
        booked.push(record);
      },
      note: (record) => booked.push(record),
    },
    memory: new MemoryAnswers({ maxBytes: 1_000_000, maxEntries: 10 }),
    shared: undefined,
    questions: new KnownQuestions({ maxBytes: 1_000_000 }),
    sharedQuestions: undefined,
    semanticWaitMs: 100,
    cacheStatistics: new CacheStatistics({ wallMs: () => 0, monotonicMs: () => 0 }),
    clears: { tell: unused },
    decisions: { record: (decision) => decisions.push(decision) },
    experiments: { count: () => undefined },
    answers: { claim: unused, keep: unused, giveUp: unused, release: unused, removeExpired: unused },
    events: new RoutingEvents(new Registry()),
    clock: { wallMs: () => 1_000, monotonicMs: () => (nowMs += 100) },
    random: () => 0.5,
    log: createLogger({ service: 'test', level: 'silent' }),
    replica: 'r',
    defaultStrategy: Strategy.PRIORITY,
    ...change,
  };
  return { context, booked, held, decisions };
}

test('what was tried is listed in order, one that was passed over between two attempts too', async () => {
  const { context, decisions } = contextOf();
  const execution = new Execution(askRequest(asked, context), context, { stream: false });
  const first = await execution.begin();
  const second = await execution.failOver(first, failure);
  execution.succeed(second, { usage: undefined });
  expect(execution.log.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
    ['a', 'server_error'],
    ['b', 'authentication'],
    ['c', 'ok'],
  ]);
  expect(decisions[0]?.route).toMatchObject({ provider: 'c', fallbacks: 2 });
});

test('after a provider has failed another one is tried before its second model, and the decision says who answered', async () => {
  const offerings = [
    offering({ provider: 'a', model: 'm1', priority: 0 }),
    offering({ provider: 'a', model: 'm2', priority: 0 }),
    offering({ provider: 'c', model: 'm3', priority: 1 }),
  ];
  const { context, decisions } = contextOf({
    snapshots: { current: snapshotOf(offerings) } as unknown as SnapshotHolder,
  });
  const auto = { ...asked, operation: chatOf({ ...call.request, model: 'auto' }) };
  const execution = new Execution(askRequest(auto, context), context, { stream: false });
  const second = await execution.failOver(await execution.begin(), failure);
  const third = await execution.failOver(second, failure);
  execution.succeed(third, { usage: undefined });
  expect(execution.tried.map(({ offering: { model } }) => model)).toEqual(['m1', 'm3', 'm2']);
  expect(decisions[0]?.candidates.map(({ model }) => model)).toEqual(['m1', 'm2', 'm3']);
  expect(decisions[0]?.route).toMatchObject({ model: 'm2', fallbacks: 2, alternatives: ['a/m1', 'c/m3'] });
});

test('the overhead of a request ends with its first attempt, also where a later one answers', async () => {
  const { context, booked } = contextOf();
  const execution = new Execution(askRequest(asked, context), context, { stream: false });
  const second = await execution.failOver(await execution.begin(), failure);
  execution.succeed(second, { usage: undefined });
  expect(booked[0]?.overheadUs).toBeGreaterThan(0n);
  expect(booked[1]?.overheadUs).toBe(booked[0]?.overheadUs);
});

test('a hold is settled even where the request breaks off by a failure of its own', async () => {
  const { context, held, booked } = contextOf({
    secrets: readyKeys(({ id }) => (id === 'a' ? bearer('key') : Promise.reject(new Error('a bug')))),
  });
  await expect(new Pipeline(context).complete(call)).rejects.toThrow('a bug');
  expect(booked.map(({ provider }) => provider)).toEqual(['a']);
  expect(held.size).toBe(0);
});

test('an attempt that cannot be booked is settled at what was held, and counts as active no more', async () => {
  const { context, held, booked } = contextOf();
  const execution = new Execution(askRequest(asked, context), context, { stream: false });
  const attempt = await execution.begin();
  // No provider reports such a number; the booking cannot rate it.
  const usage = { inputTokens: 0.5, outputTokens: 1, estimated: false };
  expect(() => execution.succeed(attempt, { usage })).toThrow(RangeError);
  execution.abandon(attempt);
  expect(booked).toEqual([attempt.held]);
  expect(held.size).toBe(0);
  expect(attempt.runtime.active).toBe(0);
});

test('where an attempt cannot be booked, the one that was to follow is settled too', async () => {
  const { context, held } = contextOf();
  const execution = new Execution(askRequest(asked, context), context, { stream: false });
  const attempt = await execution.begin();
  attempt.usage = { inputTokens: 0.5, outputTokens: 1, estimated: false };
  await expect(execution.failOver(attempt, failure)).rejects.toThrow(RangeError);
  expect(held.size).toBe(0);
});

test('a request that cannot be made into a call holds nothing', async () => {
  const sign = () => {
    throw new Error('a bug');
  };
  const { context, held } = contextOf({ secrets: readyKeys(() => ({ kind: 'signed', sign, secrets: [] })) });
  await expect(new Pipeline(context).complete(call)).rejects.toThrow('a bug');
  expect(held.size).toBe(0);
});

/** A provider that is silent until its call is ended. */
const silent = {
  send: ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
} as Pick<ProviderTransport, 'send'> as ProviderTransport;

test('where the deadline passes the caller is told so, also where it is cancelled at the same time', async () => {
  const { context } = contextOf({ transport: silent });
  const pipeline = new Pipeline(context);
  const passed = { reason: 'DEADLINE_EXCEEDED', code: 'DEADLINE_EXCEEDED' };
  await expect(pipeline.complete({ ...call, deadlineAtMs: 1_020 })).rejects.toMatchObject(passed);
  const both = { ...call, deadlineAtMs: 1_000, signal: AbortSignal.abort() };
  await expect(new Pipeline(contextOf().context).complete(both)).rejects.toMatchObject(passed);
});

test('where another provider would have been tried but for the deadline, that is what is told', async () => {
  const { context, booked } = contextOf();
  const execution = new Execution(askRequest({ ...asked, deadlineAtMs: 1_000 }, context), context, {
    stream: false,
  });
  const attempt = await execution.begin();
  await expect(execution.failOver(attempt, failure)).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  expect(booked.map(({ outcome }) => outcome)).toEqual(['server_error']);
});

test('a caller that goes away is CANCELLED', async () => {
  const { context } = contextOf({ transport: silent });
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 10);
  const gone = { ...call, deadlineAtMs: 100_000, signal: caller.signal };
  await expect(new Pipeline(context).complete(gone)).rejects.toMatchObject({ reason: 'CANCELLED' });
});
