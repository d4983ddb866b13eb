import type { UsageRecord } from '@switchyard/contracts/events';
import { CompleteRequest, type Decision, Role, Strategy } from '@switchyard/contracts/routing';
import { systemClock } from '@switchyard/kernel';
import { chatOf } from '@switchyard/llm';
import { createLogger } from '@switchyard/service-kit';
import { Registry } from 'prom-client';
import { CacheStatistics } from '../../src/cache/cache-statistics.ts';
import { KnownQuestions } from '../../src/cache/known-questions.ts';
import { MemoryAnswers } from '../../src/cache/memory-answers.ts';
import { RoutingEvents } from '../../src/events.ts';
import type { OperationCall, PipelineCall } from '../../src/pipeline/pipeline-call.ts';
import type { PipelineContext } from '../../src/ports.ts';
import { HeldPrefixes } from '../../src/runtime/held-prefixes.ts';
import { ProviderQuotas } from '../../src/runtime/limits/provider-quotas.ts';
import { RuntimeRegistry } from '../../src/runtime/runtime-registry.ts';
import type { SnapshotHolder } from '../../src/runtime/snapshot-holder.ts';
import type { CallFailure } from '../../src/transport/call-provider.ts';
import type { ProviderTransport } from '../../src/transport/provider-transport.ts';
import { offering, snapshotOf } from '../domain/offerings.ts';
import { noBudgets } from './no-budgets.ts';
import { bearer, readyKeys } from './ready-keys.ts';

/** A question to the model `m`. */
export const call: PipelineCall = {
  request: CompleteRequest.fromPartial({
    model: 'm',
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'hello' } }] }],
  }),
  principal: { keyId: 'k', tenant: 't', role: 'agent', installation: false, permissions: new Set() },
  signal: new AbortController().signal,
  deadlineAtMs: undefined,
};

/** The same as the pipeline's parts take it. */
export const asked: OperationCall = { ...call, operation: chatOf(call.request) };

/** A provider's own failure. */
export const failure: CallFailure = {
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
export function contextOf(change: Partial<PipelineContext> = {}) {
  const booked: UsageRecord[] = [];
  const held = new Set<string>();
  const decisions: Decision[] = [];
  let nowMs = 0;
  const offerings = ['a', 'b', 'c'].map((provider, i) => offering({ provider, priority: i }));
  const context: PipelineContext = {
    snapshots: { current: snapshotOf(offerings) } as unknown as SnapshotHolder,
    runtimes: new RuntimeRegistry(),
    quotas: new ProviderQuotas({ store: undefined, clock: systemClock }),
    budgets: noBudgets(),
    prefixes: new HeldPrefixes(),
    transport: {
      send: () => {
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      },
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
