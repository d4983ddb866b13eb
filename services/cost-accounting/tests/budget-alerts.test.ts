import { randomUUID } from 'node:crypto';
import { busNames } from '@switchyard/contracts';
import { DeliveryState } from '@switchyard/contracts/alert';
import { BudgetAlertKind, BudgetEnforcement, BudgetPeriod, LeaseAskResult } from '@switchyard/contracts/cost';
import { BudgetReached, LineKind } from '@switchyard/contracts/events';
import { createLogger, openPostgres } from '@switchyard/service-kit';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PostgresBudgetAlerts } from '../src/adapters/alerts/postgres-budget-alerts.ts';
import { type FakeReceivers, startFakeReceivers } from './fixture/fake-receivers.ts';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };

let database: LedgerDatabase;
let publisher: UsagePublisher;
let receivers: FakeReceivers;
let admin: ReturnType<Awaited<ReturnType<typeof runForTest>>['as']>;
let replica: typeof admin;
let tenant: string;
/** Each test's events, by its tenant. */
const events: { readonly subject: string; readonly event: BudgetReached }[] = [];

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  receivers = stack.use(await startFakeReceivers());
  const env = {
    SWITCHYARD_HEALTH_PROBE_ADDRESS: receivers.address,
    COST_ACCOUNTING_ALLOWED_PRIVATE_HOSTS: receivers.host,
  };
  const surroundings = { natsUrl, prefix, roleUrl: database.roleUrl, env };
  // Two of them: what one tells, the other must not.
  const services = [stack.use(await runForTest(surroundings)), stack.use(await runForTest(surroundings))];
  const [first] = services as [(typeof services)[number]];
  admin = first.as('installation');
  replica = first.as('replica');
  const nats = await connect({ servers: natsUrl });
  stack.defer(() => nats.close());
  nats.subscribe(busNames(prefix).costAll, {
    callback: (_, { subject, data }) => events.push({ subject, event: BudgetReached.decode(data) }),
  });
  await nats.flush();
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await sameDay();
  tenant = `tenant-${randomUUID()}`;
});

const budget = (limit: bigint, change: object = {}) =>
  admin.createBudget({
    ...{ id: 'daily', tenant, limit, period: BudgetPeriod.DAY, receivers: ['ops'] },
    ...change,
  });

/** Books a cost of this test's tenant. */
async function spend(costNanoUsd: bigint): Promise<void> {
  // What nobody knows the outcome of is booked at what was held, whatever that is.
  const record = usageRecord({
    ...{ tenant, line: LineKind.UNRESOLVED, usage: undefined },
    ...{ costNanoUsd, holdNanoUsd: costNanoUsd },
  });
  await publisher.publish(usageBatches(randomUUID(), [record]));
}

const eventsHere = () =>
  events
    .filter(({ event }) => event.tenant === tenant)
    .map(({ subject, event }) => [subject.split('.').at(-2), event.percent, event.spent] as const)
    // Those that are noticed together are told together, in any order.
    .toSorted(([a, one], [b, other]) => Number(a === 'exhausted') - Number(b === 'exhausted') || one - other);
const alertsHere = async () => (await admin.budget('daily', tenant)).budget?.alerts ?? [];

test('C3: each percent is told once, on NATS and to the receiver, by one of two replicas; and who was told is seen', async () => {
  await budget(1_000n, { id: 'daily', alertPercents: [50, 80] });
  await spend(490n);
  await vi.waitFor(
    async () => expect((await admin.budget('daily', tenant)).budget?.standing?.spent).toBe(490n),
    WAIT,
  );
  await spend(10n);
  await vi.waitFor(() => expect(eventsHere()).toEqual([['threshold', 50, 500n]]), WAIT);
  await spend(500n);
  await vi.waitFor(() => expect(eventsHere()).toHaveLength(3), WAIT);
  expect(eventsHere()).toEqual([
    ['threshold', 50, 500n],
    ['threshold', 80, 1_000n],
    ['exhausted', 0, 1_000n],
  ]);
  const told = () => receivers.told.filter(({ data }) => data.rule === 'daily');
  await vi.waitFor(() => expect(told()).toHaveLength(3), WAIT);
  expect(
    told()
      .map(({ data }) => data.severity)
      .toSorted(),
  ).toEqual(['critical', 'warning', 'warning']);
  expect(told()[0]?.data.summary).toContain(
    '50 % of budget daily is reached: $0.0000005 of $0.000001 spent, $0 held; it begins anew at ',
  );
  await vi.waitFor(
    async () =>
      expect(
        (await alertsHere()).map(({ kind, percent, deliveries }) => [kind, percent, deliveries]),
      ).toEqual([
        [BudgetAlertKind.EXHAUSTED, 0, DELIVERED],
        [BudgetAlertKind.THRESHOLD, 80, DELIVERED],
        [BudgetAlertKind.THRESHOLD, 50, DELIVERED],
      ]),
    WAIT,
  );
  // Two more looks of both replicas: nothing is told again.
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  expect([eventsHere().length, told().length]).toEqual([3, 3]);
}, 60_000);

const DELIVERED = ['', 'ops'].map((receiver) =>
  expect.objectContaining({ receiver, state: DeliveryState.DELIVERED, attempts: 1, lastError: '' }),
);

/** Asks for a lease of the tenant's budget, as one replica after another. */
async function asker() {
  const { budgets } = await replica.book();
  const bound = budgets.find((one) => one.tenant === tenant);
  const window = { budget: bound?.number, windowStartMs: bound?.windows[0]?.startMs };
  return async (amount: bigint, owner = randomUUID()) => {
    const outboxes = [{ outboxId: owner, lastSequence: 0n, closed: false }];
    const asks = [{ lacks: [{ ...window, amount }] }] as never;
    return (await replica.renew({ replica: owner, outboxes, owner, asks })).asks[0]?.result;
  };
}

test('C3: a budget with hardly anything left tells that it is used up when it refuses; one request that is too large does not', async () => {
  await budget(1_000n, { receivers: [] });
  const ask = await asker();
  expect(await ask(5_000n)).toBe(LeaseAskResult.SHORT);
  await spend(950n);
  await vi.waitFor(
    () =>
      expect(eventsHere()).toEqual([
        ['threshold', 50, 950n],
        ['threshold', 80, 950n],
      ]),
    WAIT,
  );
  expect(await ask(60n)).toBe(LeaseAskResult.SHORT);
  await vi.waitFor(() => expect(eventsHere().at(-1)).toEqual(['exhausted', 0, 950n]), WAIT);
  expect(events.at(-1)?.event).toMatchObject({ budget: 'daily', unit: 'cost', limit: 1_000n, leased: 0n });
}, 60_000);

test('C3: what is held does not count: a budget whose holds leave no room is not told of as used up', async () => {
  await budget(1_000n, { receivers: [] });
  const ask = await asker();
  const owner = randomUUID();
  expect(await ask(950n, owner)).toBe(LeaseAskResult.GRANTED);
  expect(await ask(60n, owner)).toBe(LeaseAskResult.SHORT);
  await spend(500n);
  await vi.waitFor(() => expect(eventsHere()).toEqual([['threshold', 50, 500n]]), WAIT);
}, 60_000);

test('C3: what is spent counts when a budget is made, and when its limit or its percents change', async () => {
  await spend(600n);
  await vi.waitFor(async () => expect((await admin.summary({ tenant })).total?.costNanoUsd).toBe(600n), WAIT);
  const soft = { receivers: [], alertPercents: [50], enforcement: BudgetEnforcement.ALERT };
  await budget(1_000n, soft);
  await vi.waitFor(() => expect(eventsHere()).toEqual([['threshold', 50, 600n]]), WAIT);
  await admin.updateBudget({ id: 'daily', tenant, limit: 700n, alertPercents: { percents: [50, 85, 90] } });
  await vi.waitFor(() => expect(eventsHere().at(-1)).toEqual(['threshold', 85, 600n]), WAIT);
  expect(eventsHere()).toHaveLength(2);
}, 60_000);

test('C14: whoever is killed while it tells loses nothing and lets nothing be told twice before its time is over', async () => {
  // The one that is killed: it has claimed, and will never settle.
  const dying = openPostgres({
    ...{ url: database.roleUrl, maxConnections: 1, statementTimeoutMs: 5_000 },
    ...{ applicationName: 'dying', log: createLogger({ service: 'dying', level: 'silent' }) },
  });
  stack.defer(() => dying.close());
  const killed = new PostgresBudgetAlerts(dying);
  receivers.answers.push(503);
  await budget(1_000n, { id: 'daily', alertPercents: [50], description: 'killed' });
  const before = receivers.told.length;
  await spend(500n);
  await vi.waitFor(() => expect(receivers.told.length).toBe(before + 1), WAIT);
  const due = async (state: string) =>
    database.count('alert_deliveries', `tenant = '${tenant}' AND receiver = 'ops' AND ${state}`);
  await vi.waitFor(async () => expect(await due("last_error = 'HTTP 503' AND attempts = 1")).toBe(1), WAIT);
  const makeDue = () =>
    database.rows(
      "UPDATE cost_accounting.alert_deliveries SET next_attempt_at = now() WHERE tenant = $1 AND receiver = 'ops'",
      [tenant],
    );
  const claimed: unknown[] = [];
  await makeDue();
  await vi.waitFor(
    async () => {
      // Both services look as well, once a second: whoever is first has it alone.
      claimed.push(...(await killed.claim(20)).filter((one) => one.tenant === tenant));
      expect(claimed.length + (await due('attempts >= 2'))).toBeGreaterThan(0);
    },
    { ...WAIT, interval: 5 },
  );
  if (claimed.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receivers.told.length).toBe(before + 1);
    await makeDue();
  }
  await vi.waitFor(async () => expect(await due("state = 'delivered'")).toBe(1), WAIT);
  const [first, ...again] = receivers.told.slice(before).map(({ id }) => id);
  expect(again).toEqual([first]);
}, 60_000);

test('a receiver that is not there is refused, by its place; one that is taken away is given up, visibly', async () => {
  await expect(budget(1_000n, { receivers: ['ops', 'nobody'] })).rejects.toMatchObject({
    violations: [{ field: 'budget.receivers[1]' }],
  });
  await expect(budget(1_000n, { receivers: ['No!'] })).rejects.toMatchObject({
    violations: [{ field: 'budget.receivers' }],
  });
  await budget(1_000n, { alertPercents: [50], receivers: [] });
  const change = { id: 'daily', tenant, receivers: { ids: ['nobody'] } };
  await expect(admin.updateBudget(change)).rejects.toMatchObject({
    violations: [{ field: 'receivers.ids[0]' }],
  });
  await database.rows("UPDATE cost_accounting.budgets SET receivers = '{gone}' WHERE tenant = $1", [tenant]);
  await database.rows('UPDATE cost_accounting.budget_version SET version = version + 1');
  await spend(500n);
  await vi.waitFor(
    async () =>
      expect((await alertsHere())[0]?.deliveries).toEqual([
        expect.objectContaining({ receiver: '', state: DeliveryState.DELIVERED }),
        expect.objectContaining({
          receiver: 'gone',
          state: DeliveryState.FAILED,
          lastError: 'there is no such receiver',
        }),
      ]),
    WAIT,
  );
}, 60_000);
