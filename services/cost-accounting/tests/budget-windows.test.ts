import { randomUUID } from 'node:crypto';
import { BudgetEnforcement, BudgetPeriod } from '@switchyard/contracts/cost';
import { createLogger, openPostgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ADVISORY_LOCKS } from '../src/adapters/advisory-locks.ts';
import { PostgresBudgetAlerts } from '../src/adapters/alerts/postgres-budget-alerts.ts';
import { setActing } from '../src/adapters/alerts/set-acting.ts';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 60_000, interval: 50 };
const DAY_MS = 24 * 3_600_000;
let database: LedgerDatabase;
let publisher: UsagePublisher;
let alerts: PostgresBudgetAlerts;
let admin: ReturnType<Awaited<ReturnType<typeof runForTest>>['as']>;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  admin = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl })).as('installation');
  const postgres = openPostgres({
    ...{ url: database.roleUrl, maxConnections: 2, statementTimeoutMs: 10_000, applicationName: 'test' },
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  stack.defer(() => postgres.close());
  alerts = new PostgresBudgetAlerts(postgres);
});
afterAll(() => stack.disposeAsync());

const budget = (id: string, change: object = {}) =>
  admin.createBudget({
    ...{ id, tenant: 'counted', limit: 1_000_000_000n, period: BudgetPeriod.DAY },
    ...{ enforcement: BudgetEnforcement.ALERT, ...change },
  });
const windowsOf = (id: string) =>
  database.rows<{ number: string; start_ms: string; spent: string }>(
    `SELECT number, start_ms, spent FROM cost_accounting.budgets JOIN cost_accounting.budget_windows ON budget = number
     WHERE id = $1 ORDER BY start_ms`,
    [id],
  );

test('budgets that are made while usage comes count each entry once', { timeout: 120_000 }, async () => {
  const outboxId = randomUUID();
  const records = Array.from({ length: 12_000 }, () => usageRecord({ tenant: 'counted' }));
  // The first message comes last: what is behind the gap is counted, too.
  const [first = new Uint8Array(), ...others] = usageBatches(outboxId, records);
  const published = publisher.publish([...others, first]);
  for (let i = 0; i < 12; i++) await budget(`made-${i}`);
  await published;
  await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(12_000), WAIT);
  const sumNanoUsd = records.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n);
  for (let i = 0; i < 12; i++) {
    const spent = (await windowsOf(`made-${i}`)).reduce((sum, row) => sum + BigInt(row.spent), 0n);
    expect(spent, `made-${i}`).toBe(sumNanoUsd);
  }
});

test('windows that are over are forgotten after 30 days, a minute’s after two, but what has reached something or a lost outbox holds', async () => {
  const nowMs = Date.now();
  const endedAgo = async (id: string, days: number) => {
    const [{ number = '0' } = {}] = await windowsOf(id);
    const endMs = Math.floor(nowMs / 60_000) * 60_000 - days * DAY_MS;
    await database.rows(
      'INSERT INTO cost_accounting.budget_windows (budget, start_ms, end_ms, spent) VALUES ($1, $2, $3, 1)',
      [number, endMs - 60_000, endMs],
    );
    await database.rows(
      `INSERT INTO cost_accounting.budget_leases (budget, start_ms, owner, granted) VALUES ($1, $2, 'gone', 1)`,
      [number, endMs - 60_000],
    );
    return { number, startMs: endMs - 60_000 };
  };
  await budget('days');
  await budget('minutes', { period: BudgetPeriod.MINUTE });
  for (const days of [31, 29]) await endedAgo('days', days);
  for (const days of [3, 1]) await endedAgo('minutes', days);
  const held = await endedAgo('days', 40);
  await database.rows(
    `UPDATE cost_accounting.budget_leases SET owner = 'lost' WHERE budget = $1 AND start_ms = $2`,
    [held.number, held.startMs],
  );
  await database.rows(
    `INSERT INTO cost_accounting.lost_outboxes (outbox_id, key_id, reason) VALUES ('lost', 'key', 'its node is gone')`,
  );
  const reached = await endedAgo('minutes', 5);
  await database.rows(
    `INSERT INTO cost_accounting.budget_alerts (id, budget, start_ms, kind, percent, spent, leased, limit_amount)
     VALUES (gen_random_uuid(), $1, $2, 'threshold', 80, 1, 0, 1)`,
    [reached.number, reached.startMs],
  );
  expect(await alerts.forget({ endedMs: nowMs - 30 * DAY_MS, minuteEndedMs: nowMs - 2 * DAY_MS })).toBe(
    false,
  );
  const daysAgo = (rows: { start_ms: string }[]) =>
    rows.map(({ start_ms }) => Math.floor((nowMs - Number(start_ms)) / DAY_MS)).filter((days) => days > 0);
  expect(daysAgo(await windowsOf('days'))).toEqual([40, 29]);
  expect(daysAgo(await windowsOf('minutes'))).toEqual([5, 1]);
});

test('the watch locks windows in the order of budgets: who has the first one gets the second', async () => {
  const [quiet, other, watcher] = await Promise.all([connect(), connect(), connect()]);
  // The service's own watch does nothing meanwhile.
  await quiet.query(`SELECT pg_advisory_lock(${ADVISORY_LOCKS.budgetAlerts})`);
  const numbers: number[] = [];
  for (const id of ['first', 'second']) {
    await budget(id);
    numbers.push(Number((await windowsOf(id))[0]?.number));
  }
  // The first one's row lies behind the second's.
  for (const number of numbers.toReversed()) {
    await database.rows(`UPDATE cost_accounting.budgets SET action_percents = '{50}' WHERE number = $1`, [
      number,
    ]);
    await database.rows('UPDATE cost_accounting.budget_windows SET spent = 1000000000 WHERE budget = $1', [
      number,
    ]);
  }
  await other.query('BEGIN');
  await other.query(`SET LOCAL lock_timeout = '2s'`);
  await other.query(SPEND_ONE, [numbers[0]]);
  await watcher.query('BEGIN');
  await watcher.query(`SELECT set_config('switchyard.system', 'on', true)`);
  const { rows } = await watcher.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const acting = setActing(watcher, Date.now());
  await vi.waitFor(async () => {
    const found = await database.rows(
      `SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'`,
      [rows[0]?.pid],
    );
    expect(found).toHaveLength(1);
  }, WAIT);
  await other.query(SPEND_ONE, [numbers[1]]);
  await other.query('COMMIT');
  await acting;
  await watcher.query('COMMIT');
  const percents = await database.rows(
    'SELECT acting_percent FROM cost_accounting.budget_windows WHERE budget = ANY ($1)',
    [numbers],
  );
  expect(percents).toEqual([{ acting_percent: 50 }, { acting_percent: 50 }]);
});

const SPEND_ONE = 'UPDATE cost_accounting.budget_windows SET spent = spent + 1 WHERE budget = $1';

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  stack.defer(() => client.end());
  return client;
}
