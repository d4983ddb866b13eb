import { LedgerDayState } from '@switchyard/contracts/cost';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;

beforeAll(async () => {
  await sameDay();
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
});
afterAll(() => stack.disposeAsync());

const watermarkIs = (outboxId: string, sequence: number) =>
  vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(sequence), WAIT);
const partitions = async () => {
  const rows = await database.rows<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
     WHERE inhparent = 'cost_accounting.ledger'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name.replace('cost_accounting.ledger_', ''));
};
const dayName = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
const DAY_MS = 24 * 3_600_000;
/** Of days that are kept. */
const MIDNIGHT_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 100 * DAY_MS;

describe('the days of the ledger', () => {
  it('are made a week ahead', async () => {
    const wanted = Array.from({ length: 8 }, (_, i) => dayName(Date.now() + i * DAY_MS));
    await vi.waitFor(async () => expect(await partitions()).toEqual(wanted), WAIT);
  });

  it('puts each record into the day it occurred on, whichever side of midnight and however old', async () => {
    const times = [
      new Date(MIDNIGHT_MS - 1).toISOString(),
      new Date(MIDNIGHT_MS).toISOString(),
      '2024-02-29T12:00:00.000Z',
      '2020-01-01T00:00:00.000Z',
    ];
    const records = times.map((time) => usageRecord({ occurredAt: new Date(time) }));
    await publisher.publish([
      usageBatch(
        'o1',
        records.map((record, i) => ({ sequence: i + 1, record })),
      ),
    ]);
    await watermarkIs('o1', 4);
    const rows = await database.rows<{ partition: string; at: Date }>(
      `SELECT tableoid::regclass::text AS partition, occurred_at AS at
       FROM cost_accounting.ledger WHERE outbox_id = $1 ORDER BY sequence`,
      ['o1'],
    );
    expect(rows.map(({ partition, at }) => [partition, at.toISOString()])).toEqual([
      [`cost_accounting.ledger_${dayName(MIDNIGHT_MS - 1)}`, times[0]],
      [`cost_accounting.ledger_${dayName(MIDNIGHT_MS)}`, times[1]],
      ['cost_accounting.ledger_20240229', times[2]],
      ['cost_accounting.ledger_20200101', times[3]],
    ]);
  });

  it('are made again when one was removed while the service ran', async () => {
    const occurredAt = new Date('2023-05-05T10:00:00Z');
    const send = (sequence: number) =>
      publisher.publish([usageBatch('o2', [{ sequence, record: usageRecord({ occurredAt }) }])]);
    await send(1);
    await watermarkIs('o2', 1);
    await database.rows('DROP TABLE cost_accounting.ledger_20230505');
    const failures = () => service.metric('ingest_failures_total');
    const before = (await failures()) ?? 0;
    await send(2);
    await watermarkIs('o2', 2);
    expect(await partitions()).toContain('20230505');
    expect(await failures()).toBe(before + 1);
  });

  it('are dropped when they are no longer kept; their sums and watermarks stay', async () => {
    const { url: natsUrl, prefix } = servers.nats;
    const env = { COST_ACCOUNTING_LEDGER_KEPT_DAYS: '400' };
    expect(await partitions()).toContain('20200101');
    stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl, env }));
    const oldest = dayName(Date.now() - 400 * DAY_MS);
    await vi.waitFor(
      async () => expect((await partitions()).filter((day) => day < oldest)).toEqual([]),
      WAIT,
    );
    expect(await partitions()).toContain(dayName(MIDNIGHT_MS));
    await database.rows('SELECT cost_accounting.recompute_outboxes()');
    expect(await database.watermark('o1')).toBe(4);
    const { days } = await service
      .as('installation')
      .verify({ firstDay: '2020-01-01', lastDay: '2020-01-01' });
    expect(days).toMatchObject([{ state: LedgerDayState.FORGOTTEN, entries: 0n, sealedEntries: 1n }]);
    const day = { startTime: new Date('2020-01-01T00:00:00Z'), endTime: new Date('2020-01-02T00:00:00Z') };
    expect((await service.as('acme').summary(day)).total?.attempts).toBe(1n);
  });
});
