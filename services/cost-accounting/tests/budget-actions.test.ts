import { randomUUID } from 'node:crypto';
import { BudgetEnforcement, BudgetPeriod, BudgetUnit, LeaseAskResult } from '@switchyard/contracts/cost';
import { LineKind } from '@switchyard/contracts/events';
import { Strategy } from '@switchyard/contracts/routing';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ADVISORY_LOCKS } from '../src/adapters/advisory-locks.ts';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };

let database: LedgerDatabase;
let publisher: UsagePublisher;
let admin: ReturnType<Awaited<ReturnType<typeof runForTest>>['as']>;
let replica: typeof admin;
let tenant: string;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  admin = service.as('installation');
  replica = service.as('replica');
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await sameDay();
  tenant = `tenant-${randomUUID()}`;
});

const downgradeAt = (atPercent: number, model: string) => ({
  atPercent,
  action: { $case: 'downgrade' as const, value: { model } },
});
const throttleAt = (atPercent: number, requestsPerMinute: number) => ({
  atPercent,
  action: { $case: 'throttle' as const, value: { requestsPerMinute } },
});
const make = (actions: readonly object[], change: object = {}) =>
  admin.createBudget({
    ...{ id: 'daily', tenant, limit: 1_000n, period: BudgetPeriod.DAY, alertPercents: [100] },
    ...{ enforcement: BudgetEnforcement.ALERT, actions: [...actions] },
    ...change,
  } as never);

/** Books a cost of this test's tenant. */
async function spend(costNanoUsd: bigint): Promise<void> {
  const record = usageRecord({
    ...{ tenant, line: LineKind.UNRESOLVED, usage: undefined },
    ...{ costNanoUsd, holdNanoUsd: costNanoUsd },
  });
  await publisher.publish(usageBatches(randomUUID(), [record]));
}

async function inForce() {
  const { budgets, downgrades } = await replica.book();
  return {
    downgrades: downgrades.filter((one) => one.tenant === tenant),
    bound: budgets.filter((one) => one.tenant === tenant),
  };
}
const models = async () => (await inForce()).downgrades.map(({ model }) => model);

test('C14: a downgrade is told to replicas from its percent on, by another version of the book, and until the window ends', async () => {
  await make([downgradeAt(50, ''), downgradeAt(80, 'small')]);
  const { version } = await replica.book();
  expect(await models()).toEqual([]);
  await spend(500n);
  await vi.waitFor(async () => expect(await models()).toEqual(['']), WAIT);
  expect((await replica.book()).version).not.toBe(version);
  const [first] = (await inForce()).downgrades;
  const midnight = new Date().setUTCHours(24, 0, 0, 0);
  expect(first).toEqual({
    ...{ budget: 'daily', tenant, keyId: '', atPercent: 50, model: '', strategy: Strategy.COST },
    endMs: BigInt(midnight),
  });
  await spend(300n);
  await vi.waitFor(async () => expect(await models()).toEqual(['small']), WAIT);
  const { budget } = await admin.budget('daily', tenant);
  expect(budget?.standing?.actingPercent).toBe(80);
  // What is done is told like an alert.
  expect(budget?.alerts.map(({ percent }) => percent)).toEqual([80, 50]);
});

test('C14: a raised limit, and an action that is taken away, are in force no more', async () => {
  await make([downgradeAt(50, 'small')]);
  await spend(600n);
  await vi.waitFor(async () => expect(await models()).toEqual(['small']), WAIT);
  await admin.updateBudget({ id: 'daily', tenant, limit: 2_000n });
  await vi.waitFor(async () => expect(await models()).toEqual([]), WAIT);
  await spend(500n);
  await vi.waitFor(async () => expect(await models()).toEqual(['small']), WAIT);
  await admin.updateBudget({ id: 'daily', tenant, actions: { actions: [] } });
  await vi.waitFor(async () => expect(await models()).toEqual([]), WAIT);
});

test('C14: a throttle binds from its percent on as so many requests in a minute, leased to replicas; nobody else sees it', async () => {
  await make([throttleAt(50, 9), throttleAt(80, 2)]);
  expect((await inForce()).bound).toEqual([]);
  await spend(800n);
  await vi.waitFor(async () => expect((await inForce()).bound).toHaveLength(1), WAIT);
  const [bound] = (await inForce()).bound;
  expect(bound).toMatchObject({
    ...{ id: 'daily', tenant, unit: BudgetUnit.REQUESTS, limit: 2n, throttledAtPercent: 80 },
  });
  const [minute] = bound?.windows ?? [];
  expect((minute?.endMs ?? 0n) - (minute?.startMs ?? 0n)).toBe(60_000n);
  const ask = async (triesLeft = 1): Promise<LeaseAskResult | undefined> => {
    const [now] = (await inForce()).bound;
    const window = { budget: now?.number, windowStartMs: now?.windows[0]?.startMs };
    const owner = randomUUID();
    const asks = [{ lacks: [{ ...window, amount: 2n }] }] as never;
    const outboxes = [{ outboxId: owner, lastSequence: 0n, closed: false }];
    const result = (await replica.renew({ replica: owner, outboxes, owner, asks })).asks[0]?.result;
    // The minute has ended in between.
    return result === LeaseAskResult.UNKNOWN && triesLeft > 0 ? ask(triesLeft - 1) : result;
  };
  expect(await ask()).toBe(LeaseAskResult.GRANTED);
  const results = [await ask(), await ask()];
  expect(results).toContain(LeaseAskResult.SHORT);
  expect((await admin.budgets({ tenant })).budgets.map(({ id }) => id)).toEqual(['daily']);
  for (const ask of ['budget', 'deleteBudget'] as const)
    await expect(admin[ask]('daily@80', tenant)).rejects.toMatchObject({ reason: 'BUDGET_NOT_FOUND' });
  // A throttle that is used up is no budget that is.
  const { budget } = await admin.budget('daily', tenant);
  expect(budget?.alerts.map(({ percent }) => percent)).toEqual([80, 50]);
  await admin.deleteBudget('daily', tenant);
  expect((await inForce()).bound).toEqual([]);
});

test('C14: what is stated again is no change, and keeps its throttles', async () => {
  const stated = {
    ...{ id: 'daily', limit: 1_000n, unit: BudgetUnit.COST, period: BudgetPeriod.DAY, alertPercents: [] },
    ...{ enforcement: BudgetEnforcement.ALERT, actions: [downgradeAt(50, 'small'), throttleAt(50, 9)] },
  };
  const apply = (budgets: readonly object[]) =>
    admin.applyBudgets({ tenant, budgets: [...budgets] } as never);
  await apply([stated]);
  await spend(600n);
  await vi.waitFor(async () => expect((await inForce()).bound).toHaveLength(1), WAIT);
  const [{ number } = {}] = (await inForce()).bound;
  expect((await apply([stated])).changes).toEqual([]);
  await apply([{ ...stated, actions: [downgradeAt(50, 'smaller'), throttleAt(50, 9)] }]);
  expect((await inForce()).bound.map((one) => one.number)).toEqual([number]);
  await apply([{ ...stated, actions: [throttleAt(50, 8)] }]);
  expect((await inForce()).bound).toMatchObject([{ limit: 8n }]);
  // A replica of the version before binds what refuses.
  expect(await database.count('budgets', 'throttles IS NOT NULL AND refuses')).toBe(0);
});

test('throttles count among the budgets that bind, and wrong actions are refused by their field', async () => {
  for (let n = 0; n < 15; n++) await make([], { id: `b-${n}`, enforcement: BudgetEnforcement.REFUSE });
  await make([throttleAt(50, 9), throttleAt(80, 2)]);
  await expect(make([throttleAt(50, 9)], { id: 'more' })).rejects.toMatchObject({
    reason: 'TOO_MANY_BUDGETS',
  });
  await make([], { id: 'more' });
  const change = { id: 'more', tenant, actions: { actions: [throttleAt(50, 9)] } } as never;
  await expect(admin.updateBudget(change)).rejects.toMatchObject({ reason: 'TOO_MANY_BUDGETS' });
  await expect(make([throttleAt(50, 0)], { id: 'wrong' })).rejects.toMatchObject({
    violations: [{ field: 'budget.actions[0].throttle.requests_per_minute' }],
  });
  const wrong = { id: 'more', tenant, actions: { actions: [throttleAt(0, 9)] } } as never;
  await expect(admin.updateBudget(wrong)).rejects.toMatchObject({
    violations: [{ field: 'actions.actions[0].at_percent' }],
  });
});

test('a dry run of apply waits for nobody who counts usage, and tells of too many', async () => {
  const counting = new pg.Client({ connectionString: database.ownerUrl });
  await counting.connect();
  try {
    await counting.query('BEGIN');
    await counting.query(`SELECT pg_advisory_xact_lock_shared(${ADVISORY_LOCKS.budgets})`);
    const plan = (n: number) => {
      const budgets = Array.from({ length: n }, (_, i) => ({
        id: `b-${i}`,
        limit: 5n,
        period: BudgetPeriod.DAY,
      }));
      return admin.applyBudgets({ budgets, tenant, dryRun: true } as never);
    };
    expect((await plan(16)).changes).toHaveLength(16);
    await expect(plan(17)).rejects.toMatchObject({ reason: 'TOO_MANY_BUDGETS' });
  } finally {
    await counting.end();
  }
  expect((await admin.budgets({ tenant })).budgets).toEqual([]);
});
