import { randomUUID } from 'node:crypto';
import { busNames } from '@switchyard/contracts';
import { CostAnomaly, LineKind } from '@switchyard/contracts/events';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { expect, test, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const WAIT = { timeout: 20_000, interval: 50 };
const DAY_MS = 86_400_000;
const DOLLAR = 1_000_000_000n;

test('C13: a day unlike others is told on NATS once by one of two replicas, of its tenant and of all together', async () => {
  await sameDay();
  await using stack = new AsyncDisposableStack();
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const noonMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;
  const yesterday = new Date(noonMs).toISOString().slice(0, 10);
  const spent = (tenant: string, lastNanoUsd: bigint) =>
    Array.from({ length: 35 }, (_, i) => {
      const costNanoUsd = i === 0 ? lastNanoUsd : DOLLAR;
      return usageRecord({
        ...{ tenant, occurredAt: new Date(noonMs - i * DAY_MS) },
        ...{ line: LineKind.UNRESOLVED, usage: undefined, costNanoUsd, holdNanoUsd: costNanoUsd },
      });
    });
  const [odd, even] = [`odd-${randomUUID()}`, `even-${randomUUID()}`];
  const records = [...spent(odd, 20n * DOLLAR), ...spent(even, DOLLAR)];
  const outboxId = randomUUID();
  {
    await using first = await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl });
    await publisher.publish(usageBatches(outboxId, records));
    await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(records.length), WAIT);
    expect(first.address).not.toBe('');
  }
  const told: { readonly subject: string; readonly event: CostAnomaly; readonly id: string | undefined }[] =
    [];
  const nats = await connect({ servers: natsUrl });
  stack.defer(() => nats.close());
  const names = busNames(prefix);
  nats.subscribe(names.costAll, {
    callback: (_, { subject, data, headers }) =>
      told.push({ subject, event: CostAnomaly.decode(data), id: headers?.get('ce-id') }),
  });
  await nats.flush();
  // Each looks as it starts.
  stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(2), WAIT);
  await vi.waitFor(
    async () => expect(await database.count('cost_anomalies', 'told_at IS NULL')).toBe(0),
    WAIT,
  );
  const byTenant = Object.fromEntries(told.map((one) => [one.event.tenant, one]));
  expect(Object.keys(byTenant).sort()).toEqual(['', odd]);
  expect(new Set(told.map(({ event }) => event.anomalyId)).size).toBe(2);
  expect(byTenant[odd]).toMatchObject({
    subject: names.cost('anomaly', odd),
    id: byTenant[odd]?.event.anomalyId,
    event: { tenant: odd, day: yesterday, amountNanoUsd: 20n * DOLLAR, usualNanoUsd: DOLLAR },
  });
  expect(byTenant['']?.event).toMatchObject({
    day: yesterday,
    amountNanoUsd: 21n * DOLLAR,
    usualNanoUsd: 2n * DOLLAR,
  });
}, 150_000);
