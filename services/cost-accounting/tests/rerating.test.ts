import { randomUUID } from 'node:crypto';
import { BudgetPeriod, PriceTermServiceClient, RerateUsageRequest } from '@switchyard/contracts/cost';
import { LineKind } from '@switchyard/contracts/events';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
const HOUR_MS = 3_600_000;

let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;
let admin: ReturnType<(typeof service)['as']>;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  admin = service.as('installation');
});
afterAll(() => stack.disposeAsync());
beforeEach(() => sameDay());

/** Books records of a tenant of its own. */
async function booked(...changes: Parameters<typeof usageRecord>[0][]): Promise<string> {
  const tenant = `tenant-${randomUUID()}`;
  const outboxId = randomUUID();
  await publisher.publish(
    usageBatches(
      outboxId,
      changes.map((change) => usageRecord({ tenant, ...change })),
    ),
  );
  await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(changes.length), WAIT);
  return tenant;
}

function rerate(change: Parameters<typeof RerateUsageRequest.fromPartial>[0], apiKey = 'installation') {
  const target = { address: service.address, apiKey };
  const client = stack.adopt(openGrpcClient(PriceTermServiceClient, target), (one) => one.close());
  const request = RerateUsageRequest.fromPartial({
    ...{ startTime: new Date(Date.now() - HOUR_MS), endTime: new Date(), reason: 'as agreed' },
    ...change,
  });
  return callUnary({ method: client.rerateUsage.bind(client), request, target, timeoutMs: 15_000 });
}

const summary = async (tenant: string) => (await admin.summary({ tenant })).total;
const adjustments = (tenant: string) =>
  database.rows<{ amount: string; before: string; after: string; reason: string; who: string; line: string }>(
    `SELECT amount_nano_usd AS amount, before_nano_usd AS before, after_nano_usd AS after, reason, made.key_id AS who, line
     FROM cost_accounting.ledger JOIN cost_accounting.price_adjustments AS made USING (outbox_id, sequence)
     WHERE tenant = $1 ORDER BY outbox_id, sequence`,
    [tenant],
  );

// 900 × 0.15 + 100 × 0.075 + 333 × 0.6 USD per million = 135,000 + 7,500 + 199,800 nano-USD.
const COST = 342_300n;
/** With the input at 0.1 USD: 900 × 0.1 in place of 135,000. */
const CHEAPER = COST - 45_000n;

test('C2: a preview changes nothing; adjustments correct what was charged, once however often they are made, and in place of each other', async () => {
  const tenant = await booked({}, {}, { line: LineKind.WASTE, outcome: 'timeout' });
  const entries = await database.count('ledger', `tenant = '${tenant}'`);
  const correction = {
    tenant,
    provider: 'openai-main',
    model: 'gpt-4o-mini',
    prices: { input: 100_000_000n },
  };
  const expected = {
    ...{ entries: 3n, adjusted: 3n, unpriced: 0n },
    ...{ beforeNanoUsd: 3n * COST, afterNanoUsd: 3n * CHEAPER },
  };
  expect(await rerate({ ...correction, dryRun: true })).toMatchObject(expected);
  expect(await database.count('ledger', `tenant = '${tenant}'`)).toBe(entries);
  const before = await summary(tenant);
  expect(await rerate(correction)).toMatchObject(expected);
  expect(await rerate(correction)).toMatchObject({ entries: 3n, adjusted: 0n });
  const [one] = await adjustments(tenant);
  expect(one).toEqual({
    ...{ amount: String(CHEAPER - COST), before: String(COST), after: String(CHEAPER) },
    ...{ reason: 'as agreed', who: 'key-of-installation', line: 'adjust' },
  });
  // Money is corrected; requests, attempts and tokens are as they were.
  const total = await summary(tenant);
  expect(total).toEqual({ ...before, costNanoUsd: 3n * CHEAPER, wasteNanoUsd: before?.wasteNanoUsd });
  // 10 % off what was charged at first.
  await rerate({ tenant, discountPpm: 100_000 });
  expect((await summary(tenant))?.costNanoUsd).toBe(3n * 308_070n);
  await rerate({ ...correction, prices: { input: 150_000_000n } });
  expect((await summary(tenant))?.costNanoUsd).toBe(3n * COST);
  expect(await adjustments(tenant)).toHaveLength(9);
}, 60_000);

test('C2: adjustments count for no budget, made before or after', async () => {
  const tenant = await booked({});
  const budget = { tenant, limit: 10_000_000n, period: BudgetPeriod.DAY };
  await admin.createBudget({ ...budget, id: 'before' });
  await rerate({ tenant, discountPpm: 500_000 });
  await admin.createBudget({ ...budget, id: 'after' });
  for (const id of ['before', 'after'])
    expect((await admin.budget(id, tenant)).budget?.standing?.spent).toBe(COST);
});

test('C2: calls of another time, tenant or model, whose end is not known, and answers of the cache are left alone', async () => {
  const tenant = await booked(
    { occurredAt: new Date(Date.now() - 2 * HOUR_MS) },
    { model: 'other' },
    { line: LineKind.UNRESOLVED, usage: undefined, costNanoUsd: 5n, holdNanoUsd: 5n },
    { prices: undefined, costNanoUsd: undefined },
  );
  const correction = { tenant, provider: 'openai-main', model: 'gpt-4o-mini', prices: { input: 1n } };
  expect(await rerate(correction)).toMatchObject({ entries: 1n, adjusted: 0n, unpriced: 1n });
});

test('what is wrong is refused by its field, and by whose key it is', async () => {
  for (const [change, field] of [
    [{}, 'prices'],
    [{ prices: { input: 1n } }, 'prices'],
    [{ discountPpm: 1, reason: '' }, 'reason'],
    [{ discountPpm: 1, endTime: new Date(Date.now() + HOUR_MS) }, 'end_time'],
    [{ discountPpm: 1, startTime: undefined }, 'start_time'],
    [{ provider: 'p', model: 'm', prices: { output: -1n } }, 'prices.output'],
  ] as const)
    await expect(rerate(change)).rejects.toMatchObject({ violations: [expect.objectContaining({ field })] });
  await expect(rerate({ discountPpm: 1 }, 'tenant-admin')).rejects.toMatchObject({
    reason: 'INSTALLATION_KEY_NEEDED',
  });
});
