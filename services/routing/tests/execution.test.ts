import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { askRequest } from '../src/pipeline/ask-request.ts';
import { Execution } from '../src/pipeline/execution.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { BudgetAdmission } from '../src/runtime/budgets/budget-admission.ts';
import type { BudgetLeases } from '../src/runtime/budgets/budget-leases.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { ProviderExchange } from '../src/transport/provider-exchange.ts';
import type { ProviderTransport } from '../src/transport/provider-transport.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { asked, call, contextOf, failure } from './support/pipeline-context.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';

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

test('a budget with room for one attempt has room for its fallback: what a failed one did not use is given back before', async () => {
  const steps: string[] = [];
  let isHeld = false;
  const lease = { budget: 1n, windowStartMs: 0n };
  const admit = ({ provider }: { provider: string }): BudgetAdmission => {
    if (isHeld) return { kind: 'unchecked' };
    isHeld = true;
    let isOpen = true;
    const settle = () => {
      if (!isOpen) return;
      steps.push(`${provider} gives back`);
      isOpen = false;
      isHeld = false;
    };
    const uses = [{ ...lease, amount: 9n }];
    const hold = { uses, realUses: () => [{ ...lease, amount: 2n }], settle, cancel: settle };
    return { kind: 'admitted', hold };
  };
  const { context, booked } = contextOf({
    budgets: { admit, downgradeOf: () => undefined } as unknown as BudgetLeases,
  });
  const { usage } = context;
  const watched = {
    ...usage,
    hold: (...held: Parameters<typeof usage.hold>) => {
      const [, { provider, leases }] = held;
      steps.push(`${provider} holds ${leases[0]?.amount}`);
      usage.hold(...held);
    },
  };
  const watching = { ...context, usage: watched };
  const execution = new Execution(askRequest(asked, watching), watching, { stream: false });
  const second = await execution.failOver(await execution.begin(), failure);
  expect(steps).toEqual(['a holds 9', 'a holds 2', 'a gives back', 'c holds 9']);
  execution.succeed(second, { usage: undefined });
  expect(booked.map(({ provider, leases }) => [provider, leases[0]?.amount])).toEqual([
    ['a', 2n],
    ['c', 2n],
  ]);
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
  send: ({ deadline }) => {
    const exchange = new ProviderExchange(() => undefined);
    deadline.whenEnded(() => exchange.end(new Error('ended')));
    return exchange;
  },
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
