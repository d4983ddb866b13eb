import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineKind, UsageRecord } from '@switchyard/contracts/events';
import { formatUsd } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import type { BoundBudget } from '../src/domain/budget/bound-budget.ts';
import { outboxFull } from '../src/errors.ts';
import { createOutbox, recoverOutboxes } from '../src/outbox/open-outbox.ts';
import { askRequest } from '../src/pipeline/ask-request.ts';
import { Execution } from '../src/pipeline/execution.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { PipelineContext } from '../src/ports.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { BudgetInstallation } from './support/budget-installation.ts';
import { budget } from './support/budgets.ts';
import { asked, call, contextOf, failure } from './support/pipeline-context.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';

const USD = 1_000_000_000n;
const usage = { inputTokens: 10, outputTokens: 5, estimated: false };
/** At 1 USD in and 2 USD out per million. */
const COST = 20_000n;

/** A pipeline under hard budgets: of a cost of 1 USD, unless others are given. */
async function budgeted(
  budgets: readonly BoundBudget[] = [budget({ limit: USD })],
  change: Partial<PipelineContext> = {},
) {
  const installation = new BudgetInstallation(budgets);
  const replica = await installation.start();
  const held: UsageRecord[] = [];
  const made = contextOf({ secrets: readyKeys(() => bearer('key')), budgets: replica.leases, ...change });
  const { usage: log } = made.context;
  const context: PipelineContext = {
    ...made.context,
    usage: {
      ...log,
      hold: (attemptId, record) => {
        log.hold(attemptId, record);
        held.push(record);
      },
    },
  };
  const execution = () => new Execution(askRequest(asked, context), context, { stream: false });
  /** What the replica counts as used once all that it does not use has gone back; nothing is in the ledger. */
  const used = async (number = 1) => {
    replica.leases.recallAll();
    await replica.exchange();
    return installation.account(number).leased;
  };
  return { ...made, context, held, execution, used, installation };
}

const leasesOf = (records: readonly UsageRecord[]) => records.map(({ leases }) => leases);
const booked = (records: readonly UsageRecord[]): bigint =>
  records.flatMap(({ leases }) => leases).reduce((sum, { amount }) => sum + amount, 0n);

test('an attempt holds the most that it can cost, and settles what it did cost', async () => {
  const { execution, held, booked: records, used } = await budgeted();
  const one = execution();
  const attempt = await one.begin();
  const amount = attempt.held.holdNanoUsd;
  expect(amount).toBeGreaterThan(COST);
  expect(leasesOf(held)).toEqual([[{ budget: 1n, windowStartMs: 0n, amount }]]);
  expect(await used()).toBe(amount);
  one.succeed(attempt, { usage });
  expect(leasesOf(records)).toEqual([[{ budget: 1n, windowStartMs: 0n, amount: COST }]]);
  expect(await used()).toBe(COST);
});

test('cost, requests and tokens are counted beside each other, a request once however many attempts it takes', async () => {
  const {
    execution,
    booked: records,
    used,
  } = await budgeted([
    budget({ limit: USD }),
    budget({ number: 2, unit: 'requests', limit: 10n }),
    budget({ number: 3, unit: 'tokens', tenant: '', limit: 1_000_000n }),
    budget({ number: 4, unit: 'requests', scope: { keyId: 'other', provider: '', model: '' }, limit: 1n }),
  ]);
  const one = execution();
  const first = await one.begin();
  one.succeed(await one.failOver(first, { ...failure, reached: false }), { usage });
  expect(records.map(({ leases }) => leases.map(({ budget, amount }) => [budget, amount]))).toEqual([
    [
      [1n, 0n],
      [2n, 1n],
      [3n, 0n],
    ],
    [
      [1n, COST],
      [3n, 15n],
    ],
  ]);
  expect([await used(1), await used(2), await used(3), await used(4)]).toEqual([COST, 1n, 15n, 0n]);
});

test.each<[string, Partial<PipelineContext>]>([
  [
    'a call that cannot be made',
    {
      secrets: readyKeys(() => ({
        kind: 'signed',
        sign: () => {
          throw new Error('a bug');
        },
        secrets: [],
      })),
    },
  ],
  [
    'a hold that cannot be written',
    {
      usage: {
        hold: () => {
          throw outboxFull('full');
        },
        settle: () => undefined,
        note: () => undefined,
      },
    },
  ],
  [
    'a hold that fails for another reason',
    {
      usage: {
        hold: () => {
          throw new Error('a bug');
        },
        settle: () => undefined,
        note: () => undefined,
      },
    },
  ],
])('%s gives back what it had taken', async (_what, change) => {
  const { context, used, booked: records } = await budgeted(undefined, change);
  await expect(new Pipeline(context).complete(call)).rejects.toThrow();
  expect(records).toEqual([]);
  expect(await used()).toBe(0n);
});

test('a candidate that is passed over after all gives back what it had taken', async () => {
  const { context, execution, used } = await budgeted();
  const one = execution();
  const [first] = one.decided.choice.ranked;
  if (first === undefined) throw new Error('nobody fits');
  const { breaker } = context.runtimes.of(first.offering);
  for (let i = 0; i < 100; i++) {
    const permit = breaker.tryAcquire(i);
    if (permit !== undefined) breaker.onFailure(permit, i);
  }
  const attempt = await one.begin();
  expect(one.log.attempts).toMatchObject([{ provider: 'a', outcome: 'overloaded' }]);
  expect(await used()).toBe(attempt.held.holdNanoUsd);
});

test('each attempt of a request that fails over is booked once', async () => {
  const { execution, used, booked: records } = await budgeted();
  const one = execution();
  one.succeed(await one.failOver(await one.begin(), failure), { usage });
  expect(records.map(({ outcome }) => outcome)).toEqual(['server_error', 'ok']);
  expect(await used()).toBe(booked(records));
});

test('an attempt whose end cannot be booked counts as it was held', async () => {
  const { execution, used, booked: records } = await budgeted();
  const one = execution();
  const attempt = await one.begin();
  expect(() => one.succeed(attempt, { usage: { ...usage, inputTokens: 0.5 } })).toThrow(RangeError);
  one.abandon(attempt);
  expect(records).toEqual([attempt.held]);
  // It is settled: what is given back later does not count.
  attempt.budgets.cancel();
  expect(await used()).toBe(attempt.held.holdNanoUsd);
});

test('a caller that goes away, and a stream that is left, are booked once', async () => {
  const { execution, used, booked: records } = await budgeted();
  const one = execution();
  const attempt = await one.begin();
  attempt.deliveredBytes = 40;
  one.answerBegun(attempt);
  one.abandon(attempt);
  one.abandon(attempt);
  expect(records).toHaveLength(1);
  expect(booked(records)).toBeGreaterThan(0n);
  expect(await used()).toBe(booked(records));
});

test('a caller that is gone before anyone is called leaves nothing held', async () => {
  const { context, used, booked: records } = await budgeted();
  const gone = { ...call, signal: AbortSignal.abort() };
  await expect(new Pipeline(context).complete(gone)).rejects.toMatchObject({ reason: 'CANCELLED' });
  expect(await used()).toBe(booked(records));
});

test('a hedge is held and booked like any attempt', async () => {
  const { execution, used, held, booked: records } = await budgeted();
  const one = execution();
  const first = await one.begin();
  for (let i = 0; i < 100; i++) first.runtime.hedges.onRequest();
  const hedge = await one.hedge(first);
  if (hedge === undefined) throw new Error('no hedge was made');
  expect(await used()).toBe(booked(held));
  one.outrun(first, undefined);
  one.succeed(hedge, { usage });
  expect(records).toHaveLength(2);
  expect(await used()).toBe(booked(records));
});

/** Three providers, each cheaper than the one before. */
const cheaperAndCheaper = {
  current: snapshotOf(
    ['a', 'b', 'c'].map((provider, i) =>
      offering({ provider, priority: i, prices: { input: 0n, output: 10n ** BigInt(9 - i) } }),
    ),
  ),
} as unknown as SnapshotHolder;

test('a candidate that may cost too much is passed over for a cheaper one, and the decision says why', async () => {
  const { execution, decisions, used } = await budgeted([budget({ id: 'team', limit: 1_000_000n })], {
    snapshots: cheaperAndCheaper,
  });
  const one = execution();
  const attempt = await one.begin();
  expect(attempt.candidate.offering.provider.id).toBe('b');
  one.succeed(attempt, { usage });
  expect(decisions[0]?.attempts).toMatchObject([
    {
      provider: 'a',
      outcome: 'budget_exceeded',
      detail: expect.stringContaining('the budget "team" of $0.001'),
    },
    { provider: 'b', outcome: 'ok' },
  ]);
  expect(await used()).toBe(500n);
});

test('where all may cost too much the caller hears which budget it is, how it stands and when it begins anew', async () => {
  const endMs = Date.now() + 60_000;
  const windows = [{ startMs: 0, endMs }];
  const { context, decisions, used } = await budgeted([budget({ id: 'team', limit: 1_000n, windows })], {
    snapshots: cheaperAndCheaper,
  });
  const refused = new Pipeline(context).complete(call);
  await expect(refused).rejects.toMatchObject({
    reason: 'BUDGET_EXCEEDED',
    code: 'RESOURCE_EXHAUSTED',
    retryable: true,
    retryAfterMs: expect.toSatisfy((ms: number) => ms > 50_000 && ms <= 60_000),
    publicMessage: expect.stringContaining('$0 spent, $0 held for requests'),
    metadata: {
      budget: 'team',
      limit: '1000',
      spent: '0',
      held: '0',
      resets_at: new Date(endMs).toISOString(),
    },
  });
  expect(decisions[0]?.attempts.map(({ outcome }) => outcome)).toEqual(Array(3).fill('budget_exceeded'));
  expect(await used()).toBe(0n);
});

test('of several that may cost too much the caller hears of the one that needs the least', async () => {
  const prices = { input: 9_000_000_000n, output: 9_000_000_000n };
  const offerings = [
    offering({ provider: 'a', priority: 0 }),
    offering({ provider: 'c', priority: 1, prices }),
  ];
  const snapshots = { current: snapshotOf(offerings) } as unknown as SnapshotHolder;
  const rich = await budgeted(undefined, { snapshots });
  const { holdNanoUsd = 0n } = (await rich.execution().begin()).held;
  const poor = await budgeted(
    [budget({ limit: 1_000n, windows: [{ startMs: 0, endMs: Date.now() + 60_000 }] })],
    {
      snapshots,
    },
  );
  await expect(new Pipeline(poor.context).complete(call)).rejects.toMatchObject({
    publicMessage: expect.stringContaining(`this may need $${formatUsd(holdNanoUsd)};`),
  });
});

test('where it does not begin anew soon, nobody is told to try again', async () => {
  const { context } = await budgeted([budget({ limit: 1_000n })]);
  const refused = new Pipeline(context).complete(call);
  await expect(refused).rejects.toMatchObject({
    reason: 'BUDGET_EXCEEDED',
    retryable: false,
    retryAfterMs: undefined,
  });
});

test('where only what is held is in the way, the caller is told to try again soon, though the budget never begins anew', async () => {
  const roomy = await budgeted();
  const { holdNanoUsd = 0n } = (await roomy.execution().begin()).held;
  const { context, execution } = await budgeted([budget({ limit: (holdNanoUsd * 3n) / 2n })]);
  await execution().begin();
  await expect(new Pipeline(context).complete(call)).rejects.toMatchObject({
    reason: 'BUDGET_EXCEEDED',
    retryable: true,
    retryAfterMs: 2_000,
    publicMessage: expect.stringContaining('what is held and not used comes back as requests end'),
  });
});

test('of two budgets the caller hears of the one that is only held, not of the one that begins anew sooner', async () => {
  const offerings = ['a', 'b'].map((provider, priority) => offering({ provider, priority }));
  const snapshots = { current: snapshotOf(offerings) } as unknown as SnapshotHolder;
  const roomy = await budgeted(undefined, { snapshots });
  const { holdNanoUsd = 0n } = (await roomy.execution().begin()).held;
  const of = (provider: string) => ({ scope: { keyId: '', provider, model: '' } });
  const windows = [{ startMs: 0, endMs: Date.now() + 3_600_000 }];
  const { context, execution } = await budgeted(
    [
      budget({ id: 'spent', limit: 1n, windows, ...of('a') }),
      budget({ number: 2, id: 'held', limit: (holdNanoUsd * 3n) / 2n, ...of('b') }),
    ],
    { snapshots },
  );
  expect((await execution().begin()).candidate.offering.provider.id).toBe('b');
  await expect(new Pipeline(context).complete(call)).rejects.toMatchObject({
    retryAfterMs: 2_000,
    metadata: { budget: 'held' },
  });
});

test('a candidate whose cost has no bound is not called under a hard budget of the cost, but under one of requests', async () => {
  const unpriced = {
    snapshots: {
      current: snapshotOf([offering({ provider: 'a', prices: undefined })]),
    } as unknown as SnapshotHolder,
  };
  const { context } = await budgeted(undefined, unpriced);
  await expect(new Pipeline(context).complete(call)).rejects.toMatchObject({
    reason: 'NO_CANDIDATE',
    code: 'FAILED_PRECONDITION',
    publicMessage: expect.stringContaining('needs a bound of the cost'),
  });
  const requests = await budgeted([budget({ unit: 'requests' })], unpriced);
  expect((await requests.execution().begin()).held.leases).toMatchObject([{ amount: 1n }]);
});

test('where budgets cannot be checked nothing is spent, but at whom none counts', async () => {
  const ofTenant = await budgeted();
  ofTenant.installation.onExchange = () => Promise.reject(new Error('away'));
  await expect(new Pipeline(ofTenant.context).complete(call)).rejects.toMatchObject({
    reason: 'BUDGETS_UNCHECKED',
    code: 'UNAVAILABLE',
    retryable: true,
  });
  const ofProvider = await budgeted([budget({ limit: USD, scope: { keyId: '', provider: 'a', model: '' } })]);
  ofProvider.installation.onExchange = () => Promise.reject(new Error('away'));
  const attempt = await ofProvider.execution().begin();
  expect(attempt.candidate.offering.provider.id).toBe('b');
  expect(attempt.held.leases).toEqual([]);
});

test('who takes over the outbox of a process that died books what its attempts held of budgets', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'budgets-'));
  const options = {
    directory,
    bootId: randomUUID(),
    segmentBytes: 4_096,
    maxBytes: 1_000_000,
    retainMs: 0,
    onFatal,
  };
  const outbox = createOutbox(options);
  const usage: PipelineContext['usage'] = {
    hold: (attemptId, record) => outbox.hold(attemptId, UsageRecord.encode(record).finish()),
    settle: () => undefined,
    note: () => undefined,
  };
  const { execution, installation } = await budgeted(undefined, { usage });
  const { held } = await execution().begin();
  outbox.dispose();
  const [recovered] = await recoverOutboxes(options, []);
  const [numbered] = (await recovered?.outbox.read(1, 10)) ?? [];
  recovered?.outbox.dispose();
  rmSync(directory, { recursive: true });
  const { line, leases } = UsageRecord.decode(numbered?.usage ?? new Uint8Array());
  expect({ line, leases: leases.map(({ amount }) => amount) }).toEqual({
    line: LineKind.UNRESOLVED,
    leases: [held.holdNanoUsd],
  });
  expect(installation.account().leased).toBeGreaterThanOrEqual(held.holdNanoUsd ?? 0n);
});

const onFatal = (error: Error) => {
  throw error;
};
