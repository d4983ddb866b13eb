import { LedgerDayState, StatementFormat } from '@switchyard/contracts/cost';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const WAIT = { timeout: 20_000, interval: 50 };
/** Now, and three days ago. */
let today: string;
let ago: Date;
let day: string;
let running: AsyncDisposableStack;
let database: LedgerDatabase;
let publisher: UsagePublisher;

beforeEach(async () => {
  await sameDay();
  today = new Date().toISOString().slice(0, 10);
  ago = new Date(Date.now() - 3 * 24 * 3_600_000);
  day = ago.toISOString().slice(0, 10);
  running = new AsyncDisposableStack();
  database = running.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = running.use(await UsagePublisher.connect(servers.nats.url, servers.nats.prefix));
  await publisher.purge();
});
afterEach(() => running.disposeAsync());

const start = () =>
  runForTest({ natsUrl: servers.nats.url, prefix: servers.nats.prefix, roleUrl: database.roleUrl });
const old = () => usageRecord({ occurredAt: ago });
const watermarkIs = (sequence: number) =>
  vi.waitFor(async () => expect(await database.watermark('o')).toBe(sequence), WAIT);

/** Ten entries of a day that is over, sealed at the next start. */
async function sealedDay() {
  await using first = await start();
  await publisher.publish([
    ...usageBatches('o', Array.from({ length: 10 }, old)),
    usageBatch('o', [{ sequence: 11, record: usageRecord() }]),
  ]);
  await watermarkIs(11);
  expect((await first.as('installation').verify({ firstDay: day, lastDay: day })).days).toMatchObject([
    { day: day, state: LedgerDayState.OPEN, entries: 10n, sealedHash: '' },
  ]);
  await first[Symbol.asyncDispose]();
  const service = running.use(await start());
  const verify = () => service.as('installation').verify({ firstDay: day });
  const stateOf = async () => (await verify()).days[0]?.state;
  await vi.waitFor(async () => expect(await stateOf()).toBe(LedgerDayState.INTACT), WAIT);
  return { service, verify, stateOf };
}

it('seals a day that is over; the days since are open', async () => {
  const { verify, service } = await sealedDay();
  const { days, brokenSeals } = await verify();
  expect(days.map(({ day, state, entries }) => [day, state, entries])).toEqual([
    [day, LedgerDayState.INTACT, 10n],
    [expect.any(String), LedgerDayState.OPEN, 0n],
    [expect.any(String), LedgerDayState.OPEN, 0n],
    [today, LedgerDayState.OPEN, 1n],
  ]);
  expect(days[0]?.sealedHash).toBe(days[0]?.hash);
  expect(days[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(brokenSeals).toEqual([]);
  await expect(service.as('tenant-admin').verify({})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});

it('tells a record that came late from an edited and a deleted one', async () => {
  const { stateOf } = await sealedDay();
  const edit = (sql: string) =>
    database.rows(`UPDATE cost_accounting.ledger ${sql} WHERE outbox_id = 'o' AND sequence = 3`);
  await edit('SET amount_nano_usd = amount_nano_usd + 1');
  expect(await stateOf()).toBe(LedgerDayState.CHANGED);
  await edit('SET amount_nano_usd = amount_nano_usd - 1');
  expect(await stateOf()).toBe(LedgerDayState.INTACT);
  await edit(`SET debit_account = 'tenant:other'`);
  expect(await stateOf()).toBe(LedgerDayState.CHANGED);
  await edit(`SET debit_account = 'tenant:acme'`);
  await publisher.publish([usageBatch('o', [{ sequence: 12, record: old() }])]);
  await watermarkIs(12);
  expect(await stateOf()).toBe(LedgerDayState.GROWN);
  await database.rows(`DELETE FROM cost_accounting.ledger WHERE outbox_id = 'o' AND sequence IN (3, 12)`);
  expect(await stateOf()).toBe(LedgerDayState.CHANGED);
});

it('seals a day again that has grown, and tells seals that were changed or taken out', async () => {
  const { service } = await sealedDay();
  await publisher.publish([usageBatch('o', [{ sequence: 12, record: old() }])]);
  await watermarkIs(12);
  await service[Symbol.asyncDispose]();
  const again = running.use(await start());
  const days = async () => (await again.as('installation').verify({ firstDay: day })).days;
  await vi.waitFor(
    async () => expect((await days())[0]).toMatchObject({ state: LedgerDayState.INTACT, sealedEntries: 11n }),
    WAIT,
  );
  await database.rows(`DELETE FROM cost_accounting.ledger_seals WHERE entries = 10`);
  expect((await again.as('installation').verify({})).brokenSeals).toEqual([day]);
});

it('does not seal over a changed entry when another comes: the day stays changed', async () => {
  const { service } = await sealedDay();
  await database.rows(`UPDATE cost_accounting.ledger SET debit_account = 'tenant:other' WHERE sequence = 3`);
  await publisher.publish([usageBatch('o', [{ sequence: 12, record: old() }])]);
  await watermarkIs(12);
  await service[Symbol.asyncDispose]();
  // An export seals what it needs at once: there is no waiting for what a job does not do.
  const again = running.use(await start());
  const period = { startTime: new Date(`${day}T00:00:00Z`), endTime: new Date(`${today}T00:00:00Z`) };
  const json = { ...period, format: StatementFormat.JSON };
  const made = JSON.parse(String(await again.as('installation').statements({ ...json, allTenants: true })));
  expect(made).toMatchObject({ closed: false, ledger_days: [{ day: day, entries: '10' }] });
  const stateOf = async () =>
    (await again.as('installation').verify({ firstDay: day, lastDay: day })).days[0]?.state;
  expect(await stateOf()).toBe(LedgerDayState.CHANGED);
  expect(await database.count('ledger_seals')).toBe(1);
  await database.rows(`UPDATE cost_accounting.ledger SET debit_account = 'tenant:acme' WHERE sequence = 3`);
  expect(await stateOf()).toBe(LedgerDayState.GROWN);
  // A tenant's question seals nothing.
  const own = JSON.parse(String(await again.as('acme').statements(json)));
  expect(own).toMatchObject({ closed: false, ledger_days: [{ entries: '10' }] });
  await again.as('installation').statements({ ...json, allTenants: true });
  expect(await stateOf()).toBe(LedgerDayState.INTACT);
  expect(await database.count('ledger_seals')).toBe(2);
});

it('seals the next day where one never has what its roll-up counts', async () => {
  const before = new Date(ago.getTime() - 24 * 3_600_000);
  await using first = await start();
  await publisher.publish(usageBatches('o', [usageRecord({ occurredAt: before }), old()]));
  await watermarkIs(2);
  await first[Symbol.asyncDispose]();
  await database.rows(`DELETE FROM cost_accounting.ledger WHERE sequence = 1`);
  running.use(await start());
  const sealed = () =>
    database.rows(
      "SELECT to_char(day, 'YYYY-MM-DD') AS day, entries FROM cost_accounting.ledger_seals ORDER BY id",
    );
  await vi.waitFor(
    async () =>
      expect(await sealed()).toEqual([
        { day: before.toISOString().slice(0, 10), entries: '0' },
        { day: day, entries: '1' },
      ]),
    WAIT,
  );
});

it.each([
  [{ firstDay: '2026-13-01' }, 'first_day'],
  [{ lastDay: '2026-02-30' }, 'last_day'],
  [{ firstDay: '2026-03-02', lastDay: '2026-03-01' }, 'first_day'],
  [{ firstDay: '2026-01-01', lastDay: '2026-02-01' }, 'first_day'],
])('refuses %j by the field', async (request, field) => {
  const service = running.use(await start());
  await expect(service.as('installation').verify(request)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(field),
  });
});
