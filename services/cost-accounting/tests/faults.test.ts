import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LineKind } from '@switchyard/contracts/events';
import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ledger } from '../src/ports.ts';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest, type ServiceSurroundings, serviceEnv } from './fixture/run-service.ts';
import { TestOutbox, type TestOutboxOptions } from './fixture/test-outbox.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: 'own', nats: 'own' });
const WAIT = { timeout: 45_000, interval: 100 };
const MINUTES = 240_000;

const stack = new AsyncDisposableStack();
let running: AsyncDisposableStack;
let database: LedgerDatabase;
let publisher: UsagePublisher;
let surroundings: ServiceSurroundings;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  surroundings = { natsUrl, prefix, roleUrl: database.roleUrl };
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  running = new AsyncDisposableStack();
  await publisher.purge();
});
afterEach(() => running.disposeAsync());

function newOutbox(count: number, options: Pick<TestOutboxOptions, 'due'> = {}): TestOutbox {
  const records = Array.from({ length: count }, (_, i) =>
    usageRecord({ line: i % 20 === 0 ? LineKind.WASTE : LineKind.CHARGE }),
  );
  const outbox = new TestOutbox({ id: randomUUID(), records, publisher, ...options });
  running.defer(() => outbox.stop());
  return outbox;
}

const watermarkOf = (outbox: TestOutbox) => async () => (await database.watermark(outbox.id)) ?? 0;

/** Count and sum of the outbox's entries in the ledger. */
async function booked({ id }: TestOutbox): Promise<{ entries: number; chargedNanoUsd: bigint }> {
  const [row] = await database.rows<{ entries: string; charged: string }>(
    `SELECT count(*) AS entries, coalesce(sum(amount_nano_usd), 0) AS charged FROM cost_accounting.ledger WHERE outbox_id = $1`,
    [id],
  );
  return { entries: Number(row?.entries), chargedNanoUsd: BigInt(row?.charged ?? -1) };
}

async function expectExactlyOnce(outbox: TestOutbox): Promise<void> {
  expect(await booked(outbox)).toEqual({
    entries: outbox.records.length,
    chargedNanoUsd: outbox.chargedNanoUsd,
  });
  expect(await database.count('quarantine', `outbox_id = '${outbox.id}'`)).toBe(0);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the bus', () => {
  it(
    'A17: is killed, its stream and its consumer are deleted; everything is in the ledger once',
    async () => {
      running.use(await runForTest(surroundings));
      const outbox = newOutbox(40_000);
      const settled = outbox.settle(watermarkOf(outbox));
      await vi.waitFor(async () => expect(await watermarkOf(outbox)()).toBeGreaterThan(500), WAIT);
      await servers.nats.server.kill('SIGKILL');
      await pause(2_000);
      await servers.nats.server.restart();
      const behind = await watermarkOf(outbox)();
      expect(behind).toBeLessThan(outbox.records.length);
      await vi.waitFor(async () => expect(await watermarkOf(outbox)()).toBeGreaterThan(behind), WAIT);
      await vi.waitFor(() => publisher.deleteStream(), WAIT);
      await pause(300);
      await vi.waitFor(() => publisher.deleteConsumer(), WAIT);
      await settled;
      await expectExactlyOnce(outbox);
    },
    MINUTES,
  );

  it('makes stream and consumer again when they are deleted while nothing flows', {
    timeout: MINUTES,
  }, async () => {
    const service = running.use(await runForTest(surroundings));
    await vi.waitFor(async () => expect((await service.readiness()).parts.ingest?.ok).toBe(true), WAIT);
    for (const remove of [() => publisher.deleteConsumer(), () => publisher.deleteStream()]) {
      await remove();
      const outbox = newOutbox(10);
      await outbox.settle(watermarkOf(outbox));
      await expectExactlyOnce(outbox);
    }
  });

  it('is away when the service starts: it serves, says so, and catches up', {
    timeout: MINUTES,
  }, async () => {
    await servers.nats.server.kill('SIGTERM');
    const service = running.use(await runForTest(surroundings));
    expect((await service.as('acme').summary()).total?.attempts).toBeTypeOf('bigint');
    expect(await service.readiness()).toMatchObject({
      status: 'degraded',
      parts: { nats: { ok: false }, ingest: { ok: false } },
    });
    await servers.nats.server.restart();
    const outbox = newOutbox(100);
    await outbox.settle(watermarkOf(outbox));
    await expectExactlyOnce(outbox);
    await vi.waitFor(async () => expect((await service.readiness()).status).toBe('ready'), WAIT);
  });
});

describe('Postgres', () => {
  it(
    'A19: is killed in the middle: callers are told within 2 s, nothing is lost or doubled',
    async () => {
      const service = running.use(await runForTest(surroundings));
      // A price book that was never read cannot be served without the database.
      await vi.waitFor(() => service.as('replica').prices(), WAIT);
      const outbox = newOutbox(40_000);
      const settled = outbox.settle(watermarkOf(outbox));
      await vi.waitFor(async () => expect(await watermarkOf(outbox)()).toBeGreaterThan(500), WAIT);
      await servers.postgres.server.kill('SIGKILL');
      const told = () =>
        expect(service.as('acme').summary()).rejects.toMatchObject({
          code: 'UNAVAILABLE',
          reason: 'DATABASE_UNAVAILABLE',
        });
      expect(await takesMs(told)).toBeLessThan(2_500);
      expect((await service.as('replica').prices()).version).toBe('0000000001');
      await vi.waitFor(
        async () =>
          expect(await service.readiness()).toMatchObject({
            status: 'degraded',
            parts: { postgres: { ok: false } },
          }),
        WAIT,
      );
      expect(await publisher.pending()).toBeGreaterThan(0);
      await servers.postgres.server.restart();
      await settled;
      await expectExactlyOnce(outbox);
      expect(await service.metric('ingest_failures_total')).toBeGreaterThan(0);
    },
    MINUTES,
  );

  it('is read-only for a while: usage waits and is not set aside', { timeout: MINUTES }, async () => {
    running.use(await runForTest(surroundings));
    const outbox = newOutbox(300);
    const endConnections = () =>
      database.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'switchyard_cost_accounting'`,
      );
    const [{ name } = { name: '' }] = await database.rows<{ name: string }>(
      'SELECT current_database() AS name',
    );
    await database.rows(
      `ALTER ROLE switchyard_cost_accounting IN DATABASE "${name}" SET default_transaction_read_only = on`,
    );
    await endConnections();
    // One that was being made has the old setting, and is seen only now.
    await pause(300);
    await endConnections();
    await publisher.publish(usageBatches(outbox.id, outbox.records));
    await pause(1_500);
    expect((await booked(outbox)).entries).toBe(0);
    await database.rows(
      `ALTER ROLE switchyard_cost_accounting IN DATABASE "${name}" RESET default_transaction_read_only`,
    );
    await endConnections();
    await outbox.settle(watermarkOf(outbox));
    await expectExactlyOnce(outbox);
  });

  it('is away when the service starts: it starts, and catches up', { timeout: MINUTES }, async () => {
    await servers.postgres.server.kill('SIGTERM');
    const service = running.use(await runForTest(surroundings));
    await expect(service.as('replica').prices()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await servers.postgres.server.restart();
    const outbox = newOutbox(100);
    await outbox.settle(watermarkOf(outbox));
    await expectExactlyOnce(outbox);
    await vi.waitFor(async () => expect((await service.as('replica').prices()).prices).toHaveLength(2), WAIT);
  });
});

describe('the service itself', () => {
  it('dies before the commit, or between commit and acknowledgement: nothing that was sent once is lost or booked twice', {
    timeout: MINUTES,
  }, async () => {
    let commits = 0;
    const dying = (ledger: Ledger): Ledger => ({
      commit: async (batch) => {
        const commit = commits++;
        if (commit === 0 || commit === 2) throw new Error('died before the commit');
        const committed = await ledger.commit(batch);
        if (commit < 4) throw new Error('died after the commit, before the acknowledgement');
        return committed;
      },
    });
    const env = { COST_ACCOUNTING_INGEST_BATCH_RECORDS: '200' };
    running.use(await runForTest({ ...surroundings, env }, { wrapLedger: dying }));
    const outbox = newOutbox(1_000);
    await publisher.publish(usageBatches(outbox.id, outbox.records));
    await vi.waitFor(async () => expect(await publisher.pending()).toBe(0), WAIT);
    expect(commits).toBeGreaterThan(4);
    await expectExactlyOnce(outbox);
  });

  it(
    'A14: is killed with SIGKILL again and again while it ingests: every record once',
    async () => {
      let due = 0;
      const outbox = newOutbox(20_000, { due: () => due });
      const settled = outbox.settle(watermarkOf(outbox));
      for (let kill = 0; kill < 4; kill++) {
        due += 5_000;
        const child = startProcess();
        const { entries } = await booked(outbox);
        expect(entries).toBeLessThan(outbox.records.length);
        await vi.waitFor(async () => expect((await booked(outbox)).entries).toBeGreaterThan(entries), {
          ...WAIT,
          interval: 5,
        });
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      running.use(await runForTest(surroundings));
      await settled;
      await expectExactlyOnce(outbox);
    },
    MINUTES,
  );

  it('is told to stop under load: what it received is committed and acknowledged, and does not come again', {
    timeout: MINUTES,
  }, async () => {
    const outbox = newOutbox(40_000);
    await publisher.publish(usageBatches(outbox.id, outbox.records));
    {
      // A batch that is never full and hardly ever due: only the stop itself commits it.
      const env = { COST_ACCOUNTING_INGEST_BATCH_WAIT_MS: '5000' };
      await using _stopped = await runForTest({ ...surroundings, env });
      await vi.waitFor(async () => expect(await watermarkOf(outbox)()).toBeGreaterThan(0), {
        ...WAIT,
        interval: 2,
      });
    }
    expect(await publisher.pending()).toBeGreaterThan(0);
    // The server counts acknowledgements a moment after it has them.
    await vi.waitFor(async () => expect(await publisher.underWay()).toBe(0), WAIT);
    const service = running.use(await runForTest(surroundings));
    await vi.waitFor(async () => expect(await publisher.pending()).toBe(0), WAIT);
    await expectExactlyOnce(outbox);
    expect(await service.metric('ingest_records_total', { result: 'duplicate' })).toBe(0);
  });
});

/** The service as operators run it. */
function startProcess() {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  return spawn(process.execPath, [main], {
    env: { ...process.env, ...serviceEnv(surroundings) },
    stdio: 'inherit',
  });
}
