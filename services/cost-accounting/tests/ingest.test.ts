import { createHash, randomUUID } from 'node:crypto';
import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { seededRandom } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
let database: LedgerDatabase;
let publisher: UsagePublisher;
let outboxId: string;
const services: Awaited<ReturnType<typeof runForTest>>[] = [];

const WAIT = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  // Two replicas share the stream in every test of this file.
  for (const _ of [1, 2])
    services.push(stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl })));
});
afterAll(() => stack.disposeAsync());
beforeEach(() => {
  outboxId = randomUUID();
});

const entriesOfOutbox = () => database.count('ledger', `outbox_id = '${outboxId}'`);
const quarantined = () =>
  database.rows<{ sequence: string | null; reason: string }>(
    'SELECT sequence, reason FROM cost_accounting.quarantine WHERE outbox_id = $1 ORDER BY sequence, reason',
    [outboxId],
  );
const hashOfOutbox = async () => {
  const rows = await database.rows<{ row: string }>(
    'SELECT l::text AS row FROM cost_accounting.ledger AS l WHERE outbox_id = $1 ORDER BY sequence',
    [outboxId],
  );
  return createHash('sha256')
    .update(rows.map(({ row }) => row).join('\n'))
    .digest('hex');
};
/** As both services tell it. */
const overdraftsTold = async (): Promise<number> =>
  (await Promise.all(services.map(({ metric }) => metric('overdrafts_total')))).reduce<number>(
    (sum, count) => sum + (count ?? 0),
    0,
  );
const watermarkIs = (sequence: number) =>
  vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(sequence), WAIT);
const allAcknowledged = () => vi.waitFor(async () => expect(await publisher.pending()).toBe(0), WAIT);

describe('the ledger, fed by two replicas from one stream', () => {
  it('A16: has the same hash when every record comes three times, shuffled', async () => {
    const records = Array.from({ length: 3_000 }, (_, i) =>
      usageRecord({ tenant: `tenant-${i % 7}`, line: i % 10 === 0 ? LineKind.WASTE : LineKind.CHARGE }),
    );
    const once = usageBatches(outboxId, records);
    await publisher.publish(once);
    await watermarkIs(3_000);
    const hash = await hashOfOutbox();
    const thrice = shuffled([...once, ...once, ...once], 7n);
    await publisher.publish(thrice);
    await allAcknowledged();
    expect(await hashOfOutbox()).toBe(hash);
    expect(await entriesOfOutbox()).toBe(3_000);
    expect(await quarantined()).toEqual([]);

    const another = randomUUID();
    await publisher.publish(
      shuffled([...usageBatches(another, records), ...usageBatches(another, records)], 8n),
    );
    outboxId = another;
    await watermarkIs(3_000);
    await allAcknowledged();
    expect(await entriesOfOutbox()).toBe(3_000);
  });

  it('sums to the nano-USD: debits equal credits equal what routing charged', async () => {
    const random = seededRandom(3n);
    const records = Array.from({ length: 500 }, () =>
      usageRecord({
        usage: {
          ...(usageRecord().usage as NonNullable<UsageRecord['usage']>),
          inputTokens: 100 + Math.floor(random() * 90_000),
          outputTokens: Math.floor(random() * 9_000),
        },
      }),
    );
    const charged = records.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n);
    await publisher.publish(usageBatches(outboxId, records));
    await watermarkIs(500);
    const rows = await database.rows<{ debit: string; credit: string; amount: string }>(
      `SELECT debit_account AS debit, credit_account AS credit, sum(amount_nano_usd) AS amount
       FROM cost_accounting.ledger WHERE outbox_id = $1 GROUP BY 1, 2`,
      [outboxId],
    );
    expect(rows).toEqual([{ debit: 'tenant:acme', credit: 'provider:openai-main', amount: String(charged) }]);
  });

  it('books what has cost more than was held as an overdraft, which counts as a call', async () => {
    const tenant = 'overdrawn';
    const { costNanoUsd = 0n } = usageRecord();
    const records = [
      usageRecord({ tenant, holdNanoUsd: costNanoUsd }),
      usageRecord({ tenant, holdNanoUsd: costNanoUsd - 1n }),
      usageRecord({ tenant, holdNanoUsd: costNanoUsd - 1n, line: LineKind.WASTE, outcome: 'server_error' }),
      usageRecord({ tenant, holdNanoUsd: undefined }),
    ];
    const before = await overdraftsTold();
    await publisher.publish([usageBatch(outboxId, records.map(numbered))]);
    await watermarkIs(4);
    const rows = await database.rows(
      'SELECT line, amount_nano_usd AS amount FROM cost_accounting.ledger WHERE outbox_id = $1 ORDER BY sequence',
      [outboxId],
    );
    const amount = String(costNanoUsd);
    expect(rows).toEqual(['charge', 'overdraft', 'waste', 'charge'].map((line) => ({ line, amount })));
    const attempts = await database.rows<{ attempts: string; successes: string }>(
      `SELECT sum(attempts) AS attempts, sum(successes) AS successes FROM (
         SELECT tenant, line, attempts, successes FROM cost_accounting.rollup_parts
         UNION ALL SELECT tenant, line, attempts, successes FROM cost_accounting.rollup_days) AS all_of_it 
       WHERE tenant = 'overdrawn' AND line = 'overdraft'`,
    );
    expect(attempts.map((row) => Object.values(row).map(Number))).toEqual([[1, 1]]);
    await expect.poll(overdraftsTold).toBe(before + 1);
  });

  it('keeps an unknown cost unknown', async () => {
    const unpriced = usageRecord({ prices: undefined, costNanoUsd: undefined });
    const failed = usageRecord({
      line: LineKind.WASTE,
      usage: undefined,
      costNanoUsd: 0n,
      outcome: 'server_error',
    });
    await publisher.publish([usageBatch(outboxId, [unpriced, failed].map(numbered))]);
    await watermarkIs(2);
    const rows = await database.rows(
      'SELECT amount_nano_usd AS amount, input_tokens AS input FROM cost_accounting.ledger WHERE outbox_id = $1 ORDER BY sequence',
      [outboxId],
    );
    expect(rows).toEqual([
      { amount: null, input: '1000' },
      { amount: '0', input: null },
    ]);
  });

  it('shows a gap as a gap, and closes it when the missing record comes', async () => {
    const records = Array.from({ length: 200 }, () => usageRecord());
    const [first, second, ...rest] = usageBatches(outboxId, records) as [Uint8Array, Uint8Array];
    await publisher.publish([first, ...rest]);
    await vi.waitFor(async () => expect(await entriesOfOutbox()).toBe(136), WAIT);
    expect(await database.watermark(outboxId)).toBe(64);
    const [row] = await database.rows(
      'SELECT ahead::text FROM cost_accounting.outboxes WHERE outbox_id = $1',
      [outboxId],
    );
    expect(row).toEqual({ ahead: '{[129,201)}' });
    await publisher.publish([second]);
    await watermarkIs(200);
  });

  it('can compute every watermark again from the tables', async () => {
    const records = Array.from({ length: 130 }, (_, i) => (i === 5 ? Buffer.from('poison') : usageRecord()));
    const [first, , third] = usageBatches(outboxId, records) as [Uint8Array, Uint8Array, Uint8Array];
    await publisher.publish([first, third]);
    await allAcknowledged();
    const read = () =>
      database.rows(
        'SELECT outbox_id, committed_sequence, ahead::text, entries FROM cost_accounting.outboxes ORDER BY 1',
      );
    const before = await read();
    await database.rows('DELETE FROM cost_accounting.outboxes');
    await database.rows('SELECT cost_accounting.recompute_outboxes()');
    expect(await read()).toEqual(before);
    expect(before).toContainEqual({
      outbox_id: outboxId,
      committed_sequence: '64',
      ahead: '{[129,131)}',
      entries: '65',
    });
  });

  it('books nothing twice when the watermark was lost', async () => {
    const batches = usageBatches(
      outboxId,
      Array.from({ length: 70 }, () => usageRecord()),
    );
    await publisher.publish(batches);
    await watermarkIs(70);
    await database.rows('DELETE FROM cost_accounting.outboxes WHERE outbox_id = $1', [outboxId]);
    await publisher.publish(batches);
    await watermarkIs(70);
    expect(await entriesOfOutbox()).toBe(70);
    expect(await quarantined()).toEqual([]);
  });
});

describe('what cannot be booked', () => {
  it('is set aside under its number with its reason, and the records beside it are booked', async () => {
    const poison: [string, UsageRecord | Uint8Array][] = [
      ['unreadable_record', Buffer.from([0x0a, 0xff])],
      ['line_unknown', usageRecord({ line: LineKind.UNSPECIFIED })],
      ['line_unknown', usageRecord({ line: 9 as LineKind })],
      ['tenant_missing', usageRecord({ tenant: '' })],
      ['invalid_record', usageRecord({ attemptId: 'not-a-uuid' })],
      ['invalid_record', usageRecord({ provider: '' })],
      ['invalid_record', usageRecord({ agent: 'a\0b' })],
      ['invalid_record', usageRecord({ model: 'm'.repeat(513) })],
      ['invalid_record', usageRecord({ occurredAt: undefined })],
      ['invalid_record', usageRecord({ durationUs: 2n ** 64n - 1n })],
      ['invalid_record', usageRecord({ usage: undefined, costNanoUsd: -1n })],
      ['time_out_of_range', usageRecord({ occurredAt: new Date('2019-12-31T23:59:59Z') })],
      ['time_out_of_range', usageRecord({ occurredAt: new Date(Date.now() + 25 * 3_600_000) })],
      ['rating_mismatch', usageRecord({ costNanoUsd: 1n })],
      ['rating_mismatch', usageRecord({ costNanoUsd: undefined })],
      ['rating_mismatch', usageRecord({ usage: undefined, costNanoUsd: 7n })],
      ['rating_mismatch', usageRecord({ line: LineKind.UNRESOLVED, costNanoUsd: 1n, holdNanoUsd: 2n })],
    ];
    const records = poison.flatMap(([, record]) => [record, usageRecord()]);
    await publisher.publish([usageBatch(outboxId, records.map(numbered))]);
    await watermarkIs(records.length);
    expect(await entriesOfOutbox()).toBe(poison.length);
    const expected = poison.map(([reason], i) => ({ sequence: String(2 * i + 1), reason }));
    expect(await quarantined()).toEqual(expected);
  });

  it('A18: 1 % poison is set aside at once and holds up nothing', async () => {
    const random = seededRandom(18n);
    const records = Array.from({ length: 5_000 }, () =>
      random() < 0.01 ? Buffer.from(random().toString()) : usageRecord(),
    );
    const poisoned = records.filter((record) => record instanceof Uint8Array).length;
    const garbage = Array.from({ length: 10 }, (_, i) => Buffer.from(`garbage ${i} ${outboxId}`));
    await publisher.publish(shuffled([...usageBatches(outboxId, records), ...garbage], 4n));
    await watermarkIs(5_000);
    await allAcknowledged();
    expect(await entriesOfOutbox()).toBe(5_000 - poisoned);
    expect(await quarantined()).toHaveLength(poisoned);
    const nameless = await database.count(
      'quarantine',
      `reason = 'unreadable_batch' AND encode(payload, 'escape') LIKE 'garbage%${outboxId}'`,
    );
    expect(nameless).toBe(10);
  });

  it('is one alarm when another record comes under a committed number, on the same day or another', async () => {
    const record = usageRecord();
    const committed = usageBatch(outboxId, [{ sequence: 1, record }]);
    await publisher.publish([committed]);
    await watermarkIs(1);
    const sameDay = usageRecord({ occurredAt: record.occurredAt });
    const otherDay = usageRecord({ occurredAt: new Date('2025-05-05T00:00:00Z') });
    for (const other of [sameDay, otherDay, sameDay]) {
      // One by one: each meets what is committed, not what is in the same transaction.
      await publisher.publish([usageBatch(outboxId, [{ sequence: 1, record: other }])]);
      await allAcknowledged();
    }
    await publisher.publish([committed]);
    await allAcknowledged();
    expect(await entriesOfOutbox()).toBe(1);
    expect(await quarantined()).toEqual([
      { sequence: '1', reason: 'digest_conflict' },
      { sequence: '1', reason: 'digest_conflict' },
    ]);
    expect(await database.watermark(outboxId)).toBe(1);
  });

  it('is one alarm when one message gives a number to two records', async () => {
    const twice = [usageRecord(), usageRecord()].map((record) => ({ sequence: 1, record }));
    await publisher.publish([usageBatch(outboxId, twice)]);
    await allAcknowledged();
    expect(await entriesOfOutbox()).toBe(1);
    expect(await quarantined()).toEqual([{ sequence: '1', reason: 'digest_conflict' }]);
  });

  it('has a number that no outbox gives: it does not move the watermark', async () => {
    const records = [0, 2 ** 60].map((sequence) => ({ sequence, record: usageRecord() }));
    await publisher.publish([usageBatch(outboxId, [...records, { sequence: 1, record: usageRecord() }])]);
    await watermarkIs(1);
    expect(await quarantined()).toEqual([
      { sequence: null, reason: 'bad_sequence' },
      { sequence: null, reason: 'bad_sequence' },
    ]);
  });

  it('is found record by record when only the database refuses it', async () => {
    await database.rows(
      `ALTER TABLE cost_accounting.ledger ADD CONSTRAINT no_13 CHECK (attempt_index <> 13)`,
    );
    const records = Array.from({ length: 100 }, (_, i) => usageRecord({ attemptIndex: i % 50 }));
    await publisher.publish(usageBatches(outboxId, records));
    await watermarkIs(100);
    await database.rows('ALTER TABLE cost_accounting.ledger DROP CONSTRAINT no_13');
    expect(await entriesOfOutbox()).toBe(98);
    expect(await quarantined()).toEqual([
      { sequence: '14', reason: 'rejected_by_database' },
      { sequence: '64', reason: 'rejected_by_database' },
    ]);
  });
});

const numbered = (record: UsageRecord | Uint8Array, i: number) => ({ sequence: i + 1, record });

function shuffled<T>(items: readonly T[], seed: bigint): T[] {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
