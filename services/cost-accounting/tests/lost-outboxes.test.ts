import { randomUUID } from 'node:crypto';
import { BudgetPeriod, LeaseAskResult } from '@switchyard/contracts/cost';
import { LineKind } from '@switchyard/contracts/events';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { KeptAudit } from './fixture/kept-audit.ts';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
const LIMIT = 1_000n;

const audit = new KeptAudit();
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;
let admin: ReturnType<typeof service.as>;
let replica: typeof admin;
let tenant: string;
let owner: string;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }, { audit }));
  admin = service.as('installation');
  replica = service.as('replica');
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await sameDay();
  tenant = `tenant-${randomUUID()}`;
  owner = `outbox-${randomUUID()}`;
});

/** A replica that takes an amount of a day's budget, and is then not heard of for an hour. */
async function goneWith(amount: bigint, { silentFor = '1 hour' } = {}) {
  await admin.createBudget({ id: 'daily', tenant, limit: LIMIT, period: BudgetPeriod.DAY });
  const { budgets } = await replica.book();
  const bound = budgets.find((one) => one.tenant === tenant);
  const key = { budget: bound?.number ?? 0n, windowStartMs: bound?.windows[0]?.startMs ?? 0n };
  const answer = await speak({ owner, asks: [{ lacks: [{ ...key, amount }] }] });
  expect(answer.asks[0]?.result).toBe(LeaseAskResult.GRANTED);
  const granted = answer.leases[0]?.granted ?? 0n;
  await silence(silentFor);
  return { key, granted };
}

const speak = (change: object, closed = false) =>
  replica.renew({ replica: 'gone', outboxes: [{ outboxId: owner, lastSequence: 0n, closed }], ...change });
const silence = (since: string) =>
  database.rows(
    `UPDATE cost_accounting.outbox_reports SET seen_at = now() - $2::interval WHERE outbox_id = $1`,
    [owner, since],
  );
const standing = async () => (await admin.budget('daily', tenant)).budget?.standing;
const lines = () =>
  database.rows<{ line: string; amount: string }>(
    `SELECT line, amount_nano_usd AS amount FROM cost_accounting.ledger WHERE tenant = $1 ORDER BY outbox_id LIKE 'lost/%' DESC, sequence`,
    [tenant],
  );
const statusOf = async () => (await admin.status()).outboxes.find(({ outboxId }) => outboxId === owner);

test('what a lost outbox held stays counted, is booked as unattributed once, and the report names it', async () => {
  const { granted } = await goneWith(100n);
  const orphaned = () => service.metric('outboxes', { state: 'orphaned' });
  expect(await orphaned()).toBe(1);
  const preview = await admin.declareLost(owner, { dryRun: true });
  expect(preview).toMatchObject({
    lostAt: undefined,
    costs: [{ tenant, amountNanoUsd: granted }],
    windows: [{ tenant, budget: 'daily', unit: 'cost', amount: granted }],
  });
  expect(await lines()).toEqual([]);
  const first = await admin.declareLost(owner);
  expect(first.lostAt).toBeInstanceOf(Date);
  expect(await admin.declareLost(owner, { reason: 'again' })).toEqual(first);
  expect(await lines()).toEqual([{ line: 'unattributed', amount: String(granted) }]);
  expect(await standing()).toMatchObject({ spent: 0n, leased: granted, unattributed: granted });
  expect(await statusOf()).toMatchObject({
    lostAt: first.lostAt,
    unattributedNanoUsd: granted,
    closed: false,
  });
  expect(await orphaned()).toBe(0);
  expect(audit.records.filter(({ resource }) => resource === `outbox:${owner}`)).toEqual([
    {
      ...{ tenant: 'installation', actor: 'key-of-installation', action: 'cost.outbox.declare_lost' },
      ...{ resource: `outbox:${owner}`, details: { reason: 'its node is gone' } },
    },
  ]);
  expect((await admin.summary({ tenant })).total).toMatchObject({
    costNanoUsd: granted,
    requests: 0n,
    attempts: 0n,
  });
});

test('what is unattributed stays when the budget is deleted that it was held in', async () => {
  const { granted } = await goneWith(100n);
  await admin.declareLost(owner);
  await admin.deleteBudget('daily', tenant);
  const [{ left_over = '' } = {}] = await database.rows<{ left_over: string }>(
    'SELECT left_over FROM cost_accounting.lost_outboxes WHERE outbox_id = $1',
    [owner],
  );
  expect(left_over).toBe('0');
  expect(await lines()).toEqual([{ line: 'unattributed', amount: String(granted) }]);
});

test('usage that comes all the same moves out of what is unattributed, and never out of what is free', async () => {
  const { key, granted } = await goneWith(100n);
  await admin.declareLost(owner);
  const late = usageRecord({
    ...{ tenant, line: LineKind.UNRESOLVED, usage: undefined, costNanoUsd: 30n, holdNanoUsd: 30n },
    leases: [{ ...key, amount: 30n }],
  });
  await publisher.publish(usageBatches(owner, [late]));
  await vi.waitFor(
    async () =>
      expect(await lines()).toEqual([
        { line: 'unattributed', amount: String(granted) },
        { line: 'adjust', amount: '-30' },
        { line: 'unresolved', amount: '30' },
      ]),
    WAIT,
  );
  expect(await standing()).toMatchObject({ spent: 30n, leased: granted - 30n });
  expect((await statusOf())?.unattributedNanoUsd).toBe(granted - 30n);
  // Its file is found after all: what was never held is free again.
  await replica.renew({ replica: 'found', outboxes: [{ outboxId: owner, lastSequence: 1n, closed: true }] });
  await vi.waitFor(async () => expect((await statusOf())?.unattributedNanoUsd).toBe(0n), WAIT);
  expect(await standing()).toMatchObject({ spent: 30n, leased: 0n });
  expect((await admin.summary({ tenant })).total?.costNanoUsd).toBe(30n);
});

test('no outbox is declared lost that somebody speaks for, that was closed or that nobody knows, nor by whom it is not for', async () => {
  await goneWith(10n, { silentFor: '4 minutes' });
  await expect(admin.declareLost(owner)).rejects.toMatchObject({ reason: 'OUTBOX_IN_USE' });
  await silence('6 minutes');
  await expect(service.as('tenant-admin').declareLost(owner)).rejects.toMatchObject({
    reason: 'INSTALLATION_KEY_NEEDED',
  });
  await expect(service.as('acme').declareLost(owner)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await expect(admin.declareLost(owner, { reason: '' })).rejects.toMatchObject({
    violations: [{ field: 'reason' }],
  });
  await expect(admin.declareLost('nobody')).rejects.toMatchObject({ reason: 'OUTBOX_NOT_FOUND' });
  audit.isAway = true;
  await expect(admin.declareLost(owner)).rejects.toMatchObject({ reason: 'AUDIT_UNAVAILABLE' });
  audit.isAway = false;
  await speak({}, true);
  await silence('6 minutes');
  await expect(admin.declareLost(owner)).rejects.toMatchObject({ reason: 'OUTBOX_CLOSED' });
  expect(await lines()).toEqual([]);
});
