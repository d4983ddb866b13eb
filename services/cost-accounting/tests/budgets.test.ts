import { randomUUID } from 'node:crypto';
import { BudgetEnforcement, BudgetPeriod, BudgetUnit, LeaseAskResult } from '@switchyard/contracts/cost';
import { LineKind } from '@switchyard/contracts/events';
import { ChangeAction } from '@switchyard/contracts/routing';
import { insist } from '@switchyard/testkit/insist';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
const NOTHING_LEASED = { leased: 0n, unattributed: 0n };

let database: LedgerDatabase;
let publisher: UsagePublisher;
let clients: ReturnType<Awaited<ReturnType<typeof runForTest>>['as']>[];
let admin: (typeof clients)[number];
let replica: (typeof clients)[number];
let viewer: (typeof clients)[number];
let foreign: (typeof clients)[number];
let tenantAdmin: (typeof clients)[number];
let tenant: string;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const surroundings = { natsUrl, prefix, roleUrl: database.roleUrl };
  // Two of them, so that what only one process knows is no help.
  const services = [stack.use(await runForTest(surroundings)), stack.use(await runForTest(surroundings))];
  clients = services.map((service) => service.as('replica'));
  [replica] = clients as [typeof replica];
  admin = (services[0] as (typeof services)[number]).as('installation');
  viewer = (services[0] as (typeof services)[number]).as('acme');
  foreign = (services[0] as (typeof services)[number]).as('other');
  tenantAdmin = (services[0] as (typeof services)[number]).as('tenant-admin');
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await sameDay();
  tenant = `tenant-${randomUUID()}`;
});

const daily = (limit: bigint, change: object = {}) => ({
  id: 'daily',
  tenant,
  limit,
  period: BudgetPeriod.DAY,
  ...change,
});

/** The window that requests are held against now, of this test's tenant. */
async function boundWindow(id = 'daily') {
  const { budgets } = await replica.book();
  const bound = budgets.find((budget) => budget.tenant === tenant && budget.id === id);
  if (bound === undefined) throw new Error(`no budget ${id} binds`);
  return { budget: bound.number, windowStartMs: bound.windows[0]?.startMs as bigint };
}

const renew = (owner: string, change: object, client = replica) =>
  client.renew({
    replica: `replica of ${owner}`,
    outboxes: [{ outboxId: owner, lastSequence: 0n, closed: false }],
    owner,
    ...change,
  });

const standing = async (id = 'daily') => (await admin.budget(id, tenant)).budget?.standing;
const standingIs = (wanted: object, id?: string) =>
  vi.waitFor(async () => expect(await standing(id)).toMatchObject(wanted), WAIT);

describe('budgets', () => {
  it('is made with its defaults, listed, changed and removed', async () => {
    const { budget } = await admin.createBudget(daily(5_000_000_000n));
    expect(budget).toMatchObject({
      id: 'daily',
      tenant,
      unit: BudgetUnit.COST,
      limit: 5_000_000_000n,
      timeZone: 'UTC',
      enforcement: BudgetEnforcement.REFUSE,
      alertPercents: [50, 80, 100],
      standing: { spent: 0n, ...NOTHING_LEASED },
    });
    await admin.createBudget(daily(7n, { id: 'daily-tokens', unit: BudgetUnit.TOKENS }));
    const first = await admin.budgets({ tenant, pageSize: 1 });
    expect(first.budgets.map(({ id }) => id)).toEqual(['daily']);
    const second = await admin.budgets({ tenant, pageToken: first.nextPageToken });
    expect(second.budgets.map(({ id }) => id)).toEqual(['daily-tokens']);
    expect(second.nextPageToken).toBe('');
    const changed = await admin.updateBudget({
      id: 'daily',
      tenant,
      limit: 9n,
      alertPercents: { percents: [90] },
    });
    expect(changed.budget).toMatchObject({ limit: 9n, alertPercents: [90], description: '' });
    await admin.deleteBudget('daily', tenant);
    await expect(admin.budget('daily', tenant)).rejects.toMatchObject({ reason: 'BUDGET_NOT_FOUND' });
  });

  it('is there once under an id', async () => {
    await admin.createBudget(daily(5n));
    await expect(admin.createBudget(daily(6n))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  it('may be there so often, and what changes nothing gives no new version of the book', async () => {
    const one = (n: number, change: object = {}) =>
      admin.createBudget(daily(5n, { id: `b-${n}`, ...change }));
    for (let n = 0; n < 16; n++) await one(n);
    const { version } = await replica.book();
    await expect(one(16)).rejects.toMatchObject({ reason: 'TOO_MANY_BUDGETS' });
    // Whoever sets it again hears that it is there.
    await expect(one(0)).rejects.toMatchObject({ reason: 'BUDGET_EXISTS' });
    await expect(admin.deleteBudget('nobody', tenant)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await replica.book()).version).toBe(version);
    // Those of a key, and those that only alert, are counted by themselves.
    await one(17, { scope: { keyId: 'key-1' } });
    await one(18, { enforcement: BudgetEnforcement.ALERT });
    expect((await replica.book()).version).not.toBe(version);
  });

  it('is seen and changed only by whose it is', async () => {
    const { budget } = await tenantAdmin.createBudget({
      id: `own-${randomUUID()}`,
      limit: 5n,
      period: BudgetPeriod.TOTAL,
    });
    const { id = '' } = budget ?? {};
    expect(budget?.tenant).toBe('acme');
    expect((await viewer.budget(id)).budget?.limit).toBe(5n);
    await expect(foreign.budget(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(foreign.budget(id, 'acme')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(viewer.deleteBudget(id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(tenantAdmin.createBudget({ ...daily(5n), tenant: 'other' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each([
    ['a limit below 1', { limit: -5n }, 'budget.limit'],
    ['no period', { period: BudgetPeriod.UNSPECIFIED }, 'budget.period'],
    ['an unknown unit', { unit: 17 }, 'budget.unit'],
    ['a time zone that there is not', { timeZone: 'Europe/Atlantis' }, 'budget.time_zone'],
    ['an id with spaces', { id: 'my budget' }, 'budget.id'],
    ['alerts that fall', { alertPercents: [80, 50] }, 'budget.alert_percents'],
    ['an agent that is refused', { scope: { agent: 'planner' } }, 'budget.scope.agent'],
  ])('is refused with %s, by the field', async (_what, change, field) => {
    await expect(admin.createBudget(daily(5n, change))).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      violations: [expect.objectContaining({ field })],
    });
    await expect(admin.budget('daily', tenant)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('applying', () => {
  const wanted = (limit: bigint) => [
    { id: 'a', limit, period: BudgetPeriod.DAY },
    { id: 'b', limit: 9n, period: BudgetPeriod.MONTH, unit: BudgetUnit.TOKENS },
  ];
  const ids = async () => (await admin.budgets({ tenant })).budgets.map(({ id, limit }) => [id, limit]);

  it('brings budgets to what is given and tells what changes; applied again, it changes nothing', async () => {
    await admin.createBudget(daily(5n));
    const planned = await admin.applyBudgets({ budgets: wanted(5n), tenant, prune: true, dryRun: true });
    expect(await ids()).toEqual([['daily', 5n]]);
    const applied = await admin.applyBudgets({ budgets: wanted(5n), tenant, prune: true });
    expect(applied).toEqual(planned);
    expect(applied.changes.map(({ kind, tenant: of, id, action }) => [kind, of, id, action])).toEqual([
      ['budget', tenant, 'a', ChangeAction.ADDED],
      ['budget', tenant, 'b', ChangeAction.ADDED],
      ['budget', tenant, 'daily', ChangeAction.REMOVED],
    ]);
    const { version } = await replica.book();
    expect((await admin.applyBudgets({ budgets: wanted(5n), tenant, prune: true })).changes).toEqual([]);
    expect((await replica.book()).version).toBe(version);
    const { changes } = await admin.applyBudgets({ budgets: wanted(6n), tenant });
    expect(changes[0]?.fields).toEqual([
      { name: 'limit', before: '"$0.000000005"', after: '"$0.000000006"' },
    ]);
    expect(await ids()).toEqual([
      ['a', 6n],
      ['b', 9n],
    ]);
  });

  it.each([
    ['a limit below 1', { limit: 0n }, 'budgets[1].limit'],
    [
      'another period',
      { id: 'daily', unit: BudgetUnit.COST, period: BudgetPeriod.MONTH },
      'budgets[1].period',
    ],
    ['an id twice', { id: 'a' }, 'budgets[1].id'],
    ['another tenant', { tenant: 'other' }, 'budgets[1].tenant'],
  ])('does nothing with %s, by the field', async (_what, change, field) => {
    await admin.createBudget(daily(5n));
    const [a, b] = wanted(5n);
    const budgets = [a, { ...b, ...change }] as never;
    await expect(admin.applyBudgets({ budgets, tenant })).rejects.toMatchObject({ violations: [{ field }] });
    expect(await ids()).toEqual([['daily', 5n]]);
  });

  it('is for who may write budgets, and their own', async () => {
    await expect(viewer.applyBudgets({ budgets: [] })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(tenantAdmin.applyBudgets({ budgets: wanted(5n), tenant })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('counting', () => {
  it('counts what was spent before it was made, by its scope, and what is spent after', async () => {
    const before = [usageRecord({ tenant }), usageRecord({ tenant, keyId: 'key-1' })];
    const outboxId = randomUUID();
    await publisher.publish(usageBatches(outboxId, before));
    await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(2), WAIT);
    const [{ costNanoUsd: cost = 0n } = {}] = before;
    await admin.createBudget(daily(5_000_000_000n));
    await admin.createBudget(
      daily(1_000n, { id: 'requests-of-key', unit: BudgetUnit.REQUESTS, scope: { keyId: 'key-1' } }),
    );
    await admin.createBudget(
      daily(9_000n, {
        id: 'tokens-of-agent',
        unit: BudgetUnit.TOKENS,
        scope: { agent: 'planner' },
        enforcement: BudgetEnforcement.ALERT,
      }),
    );
    expect(await standing()).toMatchObject({ spent: 2n * cost });
    expect(await standing('requests-of-key')).toMatchObject({ spent: 1n });
    expect(await standing('tokens-of-agent')).toMatchObject({ spent: 2n * 1_333n });
    const retry = usageRecord({ tenant, keyId: 'key-1', attemptIndex: 1 });
    const unknown = usageRecord({
      tenant,
      agent: '',
      costNanoUsd: undefined,
      usage: undefined,
      holdNanoUsd: 77n,
    });
    await publisher.publish(usageBatches(outboxId, [retry, unknown], 3));
    await standingIs({ spent: 3n * cost + 77n });
    expect(await standing('requests-of-key')).toMatchObject({ spent: 1n });
    expect(await standing('tokens-of-agent')).toMatchObject({ spent: 3n * 1_333n });
  });

  it('counts a record once, however often it comes, in the window of its admission', async () => {
    await admin.createBudget(daily(5_000_000_000n));
    const outboxId = randomUUID();
    const yesterday = usageRecord({ tenant, occurredAt: new Date(Date.now() - 24 * 3_600_000) });
    const today = usageRecord({ tenant });
    const batches = usageBatches(outboxId, [yesterday, today]);
    for (let i = 0; i < 3; i++) await publisher.publish(batches);
    await standingIs({ spent: today.costNanoUsd });
    await vi.waitFor(async () => expect(await publisher.pending()).toBe(0), WAIT);
    expect(await standing()).toMatchObject({ spent: today.costNanoUsd });
  });
});

describe('leases', () => {
  it('moves a lease to spent as usage arrives, and takes back what a replica that is gone has left', async () => {
    await admin.createBudget(daily(1_000_000n));
    const window = await boundWindow();
    const owner = randomUUID();
    const { leases, asks } = await renew(owner, { asks: [{ lacks: [{ ...window, amount: 250_000n }] }] });
    expect(asks).toMatchObject([{ result: LeaseAskResult.GRANTED }]);
    expect(leases).toEqual([{ ...window, granted: 500_000n, returned: 0n }]);
    expect(await standing()).toMatchObject({ spent: 0n, leased: 500_000n });
    const charge = usageRecord({ tenant, leases: [{ ...window, amount: 250_000n }] });
    const lost = usageRecord({
      tenant,
      line: LineKind.UNRESOLVED,
      usage: undefined,
      costNanoUsd: 20_000n,
      holdNanoUsd: 20_000n,
      leases: [{ ...window, amount: 20_000n }],
    });
    await publisher.publish(usageBatches(owner, [charge]));
    await standingIs({ spent: 250_000n, leased: 250_000n });
    // Another replica has found its outbox: its last record is 2, which the ledger does not have yet.
    const found = { outboxes: [{ outboxId: owner, lastSequence: 2n, closed: true }] };
    await renew(randomUUID(), found);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await standing()).toMatchObject({ leased: 250_000n });
    await publisher.publish(usageBatches(owner, [lost], 2));
    await standingIs({ spent: 270_000n, ...NOTHING_LEASED });
  });

  it('tells what it takes back from a replica again and again, and counts it once', async () => {
    await admin.createBudget(daily(1_000n));
    const window = await boundWindow();
    const owner = randomUUID();
    await renew(owner, { asks: [{ lacks: [{ ...window, amount: 800n }] }] });
    const told = { leases: [{ ...window, granted: 800n, returned: 500n, meanHold: 10n, runsLow: false }] };
    for (let i = 0; i < 2; i++) await renew(owner, told);
    // Late: it was sent before.
    await renew(owner, {
      leases: [{ ...window, granted: 800n, returned: 100n, meanHold: 10n, runsLow: false }],
    });
    expect(await standing()).toMatchObject({ leased: 300n });
  });

  it('says what is short, and where others have something left', async () => {
    await admin.createBudget(daily(100n));
    const window = await boundWindow();
    const ask = { asks: [{ lacks: [{ ...window, amount: 80n }] }] };
    await renew(randomUUID(), ask);
    const { asks } = await renew(randomUUID(), ask);
    expect(asks).toEqual([
      { result: LeaseAskResult.SHORT, ...window, limit: 100n, spent: 0n, leased: 80n, othersHave: true },
    ]);
  });

  it('grants nothing of a window that is not now, or of a budget that is gone', async () => {
    await admin.createBudget(daily(100n));
    const window = await boundWindow();
    const past = { ...window, windowStartMs: window.windowStartMs - 86_400_000n };
    const ask = (lack: object) => renew(randomUUID(), { asks: [{ lacks: [{ ...lack, amount: 1n }] }] });
    expect((await ask(past)).asks).toMatchObject([{ result: LeaseAskResult.UNKNOWN }]);
    await admin.deleteBudget('daily', tenant);
    expect((await ask(window)).asks).toMatchObject([{ result: LeaseAskResult.UNKNOWN }]);
  });

  it('A15 at the grantor: 400 asks of eight replicas at two of them grant no more than the limit, and all that fits', async () => {
    await admin.createBudget(daily(1_000n));
    const window = await boundWindow();
    const owners = Array.from({ length: 8 }, () => randomUUID());
    let granted = 0;
    const ask = async (owner: string, i: number) => {
      for (let n = 0; n < 50; n++) {
        const lacks = [{ ...window, amount: 25n }];
        const { asks } = await insist(() => renew(owner, { asks: [{ lacks }] }, clients[(i + n) % 2]));
        if (asks[0]?.result === LeaseAskResult.GRANTED) granted++;
      }
    };
    await Promise.all(owners.map(ask));
    const { leased = 0n } = (await standing()) ?? {};
    expect(leased).toBeLessThanOrEqual(1_000n);
    // Less than an attempt needs is left.
    expect(leased).toBeGreaterThan(975n);
    expect(granted).toBeLessThanOrEqual(40);
    expect(granted).toBeGreaterThan(0);
  });

  it.each([
    ['no owner', { owner: '' }, 'owner'],
    [
      'an amount below 0',
      { asks: [{ lacks: [{ budget: 1n, windowStartMs: 0n, amount: -1n }] }] },
      'asks[0].lacks[0].amount',
    ],
    [
      'no budget',
      { asks: [{ lacks: [{ budget: 0n, windowStartMs: 0n, amount: 1n }] }] },
      'asks[0].lacks[0].budget',
    ],
  ])('refuses an exchange with %s, by the field', async (_what, change, field) => {
    const asks = [{ lacks: [{ budget: 1n, windowStartMs: 0n, amount: 1n }] }];
    await expect(renew(randomUUID(), { asks, ...change })).rejects.toMatchObject({
      violations: [expect.objectContaining({ field })],
    });
  });
});

it('gives a new version of the budget book with each change', async () => {
  const { version, now } = await replica.book();
  expect(Math.abs(Date.now() - (now?.getTime() ?? 0))).toBeLessThan(60_000);
  expect((await replica.book(version)).budgets).toEqual([]);
  await admin.createBudget(daily(1n));
  await admin.createBudget(daily(1n, { id: 'soft', enforcement: BudgetEnforcement.ALERT }));
  const changed = await replica.book(version);
  expect(changed.version).not.toBe(version);
  expect(changed.budgets.filter((budget) => budget.tenant === tenant).map(({ id }) => id)).toEqual(['daily']);
  expect((await renew(randomUUID(), {})).budgetVersion).toBe(changed.version);
});

it('tells the windows of its clock, also where that is set back', async () => {
  await admin.createBudget(daily(5n, { period: BudgetPeriod.MINUTE }));
  let offsetMs = 0;
  const clock = { wallMs: () => Date.now() + offsetMs, monotonicMs: () => performance.now() };
  const { url: natsUrl, prefix } = servers.nats;
  const service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }, { clock }));
  for (offsetMs of [0, 600_000, 0, -600_000]) {
    const before = minuteOf(clock.wallMs());
    const { budgets } = await service.as('replica').book();
    const [present] = budgets.find((budget) => budget.tenant === tenant)?.windows ?? [];
    expect([before, minuteOf(clock.wallMs())]).toContain(Number(present?.startMs));
  }
});

const minuteOf = (ms: number) => ms - (ms % 60_000);
