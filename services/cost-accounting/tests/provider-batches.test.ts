import { BudgetPeriod, BudgetUnit } from '@switchyard/contracts/cost';
import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const WAIT = { timeout: 20_000, interval: 50 };

it('what is set aside for a line of a batch counts until its end is known, and the end counts once, whoever tells it in what order', async () => {
  await sameDay();
  await using stack = new AsyncDisposableStack();
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  const admin = service.as('installation');
  for (const unit of [BudgetUnit.COST, BudgetUnit.REQUESTS])
    await admin.createBudget({
      ...{ id: `daily-${unit}`, tenant: 'acme', limit: 10_000_000n, period: BudgetPeriod.DAY, unit },
    });
  const { budgets } = await service.as('replica').book();
  const held = 900_000n;
  const windows = budgets.map(({ number, unit, windows: [window] }) => ({
    ...{ budget: number, windowStartMs: window?.startMs ?? 0n, amount: unit === BudgetUnit.COST ? held : 1n },
  }));
  const spent = async () =>
    Promise.all(
      [BudgetUnit.COST, BudgetUnit.REQUESTS].map(
        async (unit) => (await admin.budget(`daily-${unit}`, 'acme')).budget?.standing?.spent,
      ),
    );
  const settled = (change: Partial<UsageRecord> = {}) =>
    usageRecord({ batch: true, holdNanoUsd: held, reserved: windows, ...change });
  const reservationOf = ({ attemptId, requestId }: UsageRecord) =>
    usageRecord({
      ...{ attemptId, requestId, line: LineKind.WASTE, outcome: 'reserved', requestOutcome: 0 },
      ...{ usage: undefined, costNanoUsd: 0n, holdNanoUsd: held },
      ...{ leases: windows, batch: true, reservation: true },
    });
  const publish = async (outbox: string, records: readonly UsageRecord[]) => {
    await publisher.publish(usageBatches(outbox, records));
    await vi.waitFor(async () => expect(await database.watermark(outbox)).toBe(records.length), WAIT);
  };
  const first = settled();
  const second = settled();
  const cost = first.costNanoUsd ?? 0n;

  await publish('submitter', [reservationOf(first)]);
  expect(await spent()).toEqual([held, 1n]);
  // A replica died after it had told the end; another one has read the results again.
  await publish('settler', [first, second]);
  await publish('heir', [first, first]);
  // Of the second line nobody has told what was set aside: nothing is taken back for it.
  expect(await spent()).toEqual([2n * cost, 2n]);
  // It lay in the outbox of the dead one.
  await publish('late', [reservationOf(second)]);
  expect(await spent()).toEqual([2n * cost, 2n]);

  const acme = service.as('acme');
  expect((await acme.summary({})).total).toMatchObject({
    ...{ requests: 2n, attempts: 2n, successes: 2n, costNanoUsd: 2n * cost, unpricedAttempts: 0n },
  });
  const { entries } = await acme.entries({ requestId: first.requestId });
  expect(entries.map(({ line, amountNanoUsd }) => [line, amountNanoUsd]).sort()).toEqual([
    ['charge', cost],
    ...Array.from({ length: 3 }, () => ['reserved', 0n]),
  ]);

  // A line that came back is asked in another request: that one counts.
  const back = { line: LineKind.WASTE, outcome: 'timeout', usage: undefined, costNanoUsd: 0n } as const;
  await publish('back', [settled({ ...back, requestOutcome: 0, httpStatus: 0 })]);
  expect(await spent()).toEqual([2n * cost, 2n]);
  expect((await acme.summary({})).total).toMatchObject({ requests: 2n, attempts: 3n });

  // A budget that is made now counts each call once, too.
  await admin.createBudget({
    ...{ id: 'later', tenant: 'acme', limit: 10n, period: BudgetPeriod.DAY, unit: BudgetUnit.REQUESTS },
  });
  expect((await admin.budget('later', 'acme')).budget?.standing?.spent).toBe(2n);
  // The hours that a provider has a batch are no latency.
  expect(await database.rows('SELECT FROM cost_accounting.ledger WHERE duration_us IS NOT NULL')).toEqual([]);
}, 90_000);
