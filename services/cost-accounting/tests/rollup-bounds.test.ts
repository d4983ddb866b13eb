import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 60_000, interval: 100 };
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
});
afterAll(() => stack.disposeAsync());

async function bookAndFold(outboxId: string, records: ReturnType<typeof usageRecord>[]): Promise<void> {
  await publisher.publish(usageBatches(outboxId, records));
  await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(records.length), WAIT);
  await vi.waitFor(async () => expect(await database.count('rollup_parts')).toBe(0), WAIT);
}
const sumsOf = async (table: string) =>
  (
    await database.rows(
      `SELECT sum(entries) AS entries, sum(cost) AS cost, sum(input) AS input, sum(latency_us) AS latency FROM cost_accounting.${table}`,
    )
  )[0];

describe('the bounds of roll-ups', () => {
  it('keep 10,000 values of all labels of a tenant and day apart, and tell of the others', {
    timeout: 180_000,
  }, async () => {
    const occurredAt = new Date('2026-05-01T10:00:00Z');
    const names = Array.from({ length: 12 }, (_, i) => `label-${String(i).padStart(2, '0')}`);
    const records = Array.from({ length: 1_000 }, (_, i) =>
      usageRecord({
        tenant: 'labelled',
        occurredAt,
        labels: Object.fromEntries(names.map((name) => [name, `value-${i}`])),
      }),
    );
    await bookAndFold('o1', records);
    expect(await database.count('rollup_values', `dimension LIKE 'label:%'`)).toBe(10_000);
    const [other] = await database.rows<{ entries: string }>(
      `SELECT sum(entries) AS entries FROM cost_accounting.rollup_labels WHERE value = '(other)'`,
    );
    expect(other?.entries).toBe('2000');
    expect(await service.metric('rollup_values_merged_total', { dimension: 'label' })).toBeGreaterThanOrEqual(
      2_000,
    );
    const day = { startTime: new Date('2026-05-01T00:00:00Z'), endTime: new Date('2026-05-02T00:00:00Z') };
    for (const name of names) {
      const { total } = await service
        .as('installation')
        .summary({ ...day, tenant: 'labelled', groupBy: [`label:${name}`], limit: 10_000 });
      expect(total?.attempts).toBe(1_000n);
    }
  });

  it('make a fold that fails smaller until it succeeds, so that none stays for ever', {
    timeout: 180_000,
  }, async () => {
    await database.rows(`
      CREATE FUNCTION cost_accounting.refuse_large_folds() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT count(*) FROM folded) > 1000 THEN RAISE EXCEPTION 'too large'; END IF;
        RETURN NULL;
      END $$`);
    await database.rows(`
      CREATE TRIGGER refuse_large_folds AFTER DELETE ON cost_accounting.rollup_parts
      REFERENCING OLD TABLE AS folded FOR EACH STATEMENT EXECUTE FUNCTION cost_accounting.refuse_large_folds()`);
    const records = Array.from({ length: 3_000 }, (_, i) =>
      usageRecord({ tenant: 'wide', keyId: `key-${i}` }),
    );
    await bookAndFold('o2', records);
    expect(await database.count('rollup_days', `tenant = 'wide'`)).toBe(3_000);
    expect(await service.metric('rollup_folds_total', { result: 'failed' })).toBeGreaterThan(0);
  });

  it('keep the installation’s hours and days with those of tenants, whoever folds', async () => {
    const hours = await sumsOf('rollup_hours');
    expect(await sumsOf('rollup_installation_hours')).toEqual(hours);
    expect(await sumsOf('rollup_installation_days')).toEqual(hours);
    expect(await sumsOf('rollup_days')).toEqual(hours);
  });
});
