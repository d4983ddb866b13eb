import { randomUUID } from 'node:crypto';
import { PriceTermServiceClient, RerateUsageRequest } from '@switchyard/contracts/cost';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
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
/** Of one record: 900 × 0.15 + 100 × 0.075 + 333 × 0.6 USD per million. */
const COST = 342_300n;

const audit = new KeptAudit();
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;
let admin: ReturnType<typeof service.as>;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }, { audit }));
  admin = service.as('installation');
});
afterAll(() => stack.disposeAsync());
beforeEach(() => sameDay());

/** Books calls of a provider of its own at noon of a day: three of one tenant, one of another. */
async function used() {
  const provider = `provider-${randomUUID()}`;
  const outboxId = randomUUID();
  const occurredAt = new Date('2026-07-03T12:00:00Z');
  const of = (tenant: string) => usageRecord({ provider, model: 'm', tenant, occurredAt });
  const tenants = [randomUUID(), randomUUID()].toSorted() as [string, string];
  const records = [of(tenants[0]), of(tenants[0]), of(tenants[0]), of(tenants[1])];
  await publisher.publish(usageBatches(outboxId, records));
  await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(records.length), WAIT);
  return { provider, tenants };
}

const invoiceOf = (provider: string, lines: readonly string[]) => ({
  ...{ provider, allTenants: true, toleranceNanoUsd: 0n },
  file: Buffer.from(`date,model,amount_usd\n${lines.join('\n')}\n`),
});
const adjustments = (provider: string) =>
  database
    .rows(
      `SELECT tenant, line, entry.amount_nano_usd AS amount, occurred_on = (now() AT TIME ZONE 'UTC')::date AS today, reason, made.key_id AS who
     FROM cost_accounting.ledger AS entry JOIN cost_accounting.invoice_adjustments AS made USING (outbox_id, sequence, tenant)
     WHERE entry.provider = $1 ORDER BY entry.sequence`,
      [provider],
    )
    .then((rows) => rows.map((row) => ({ ...row })));

test('C11: what an invoice has more is booked once, after a preview, on who used it, and then invoice and ledger agree', async () => {
  const { provider, tenants } = await used();
  // 4 × 342,300 in the ledger, 1,369,203 invoiced: 3 nano-USD more, of which three quarters round to 2 and a quarter to 1.
  const invoice = invoiceOf(provider, ['2026-07-03,m,0.001369203']);
  const expected = {
    adjustments: [
      { day: '2026-07-03', model: 'm', tenant: tenants[0], amountNanoUsd: 2n },
      { day: '2026-07-03', model: 'm', tenant: tenants[1], amountNanoUsd: 1n },
    ],
    ...{ amountNanoUsd: 3n, leftAlone: 0 },
  };
  const book = (dryRun = false) => admin.bookInvoice({ invoice, reason: 'INV-7', dryRun });
  expect(await book(true)).toEqual(expected);
  expect(await adjustments(provider)).toEqual([]);
  expect(await book()).toEqual(expected);
  const line = { line: 'adjust', today: true, reason: 'INV-7', who: 'key-of-installation' };
  const booked = [
    { ...line, tenant: tenants[0], amount: '2' },
    { ...line, tenant: tenants[1], amount: '1' },
  ];
  expect(await adjustments(provider)).toEqual(booked);
  // Given again, also twice at once, it books nothing.
  const again = await Promise.all([book(), book()]);
  expect(again).toEqual([0, 0].map(() => ({ adjustments: [], amountNanoUsd: 0n, leftAlone: 0 })));
  expect(await adjustments(provider)).toEqual(booked);
  expect(await admin.reconcile(invoice)).toMatchObject({
    matched: 1,
    differences: [],
    ledgerNanoUsd: 1_369_203n,
  });
  expect(audit.records.filter(({ resource }) => resource === `provider:${provider}`)).toMatchObject([
    { action: 'cost.invoice.book', details: { reason: 'INV-7', adjustments: '2', amount: '3' } },
  ]);
});

test('two at once that find the same difference book it once', async () => {
  const { provider } = await used();
  const invoice = invoiceOf(provider, ['2026-07-03,m,1']);
  await Promise.all([1, 2, 3].map(() => insist(() => admin.bookInvoice({ invoice, reason: 'INV-8' }))));
  expect(await adjustments(provider)).toHaveLength(2);
});

test('less is booked below 0, what nobody used on the installation, and what the invoice does not have is left alone', async () => {
  const { provider, tenants } = await used();
  const less = invoiceOf(provider, ['2026-07-03,m,0', '2026-07-04,n,0.5']);
  expect((await admin.bookInvoice({ invoice: less, reason: 'INV-9' })).adjustments).toEqual([
    { day: '2026-07-03', model: 'm', tenant: tenants[0], amountNanoUsd: -3n * COST },
    { day: '2026-07-03', model: 'm', tenant: tenants[1], amountNanoUsd: -COST },
    { day: '2026-07-04', model: 'n', tenant: 'installation', amountNanoUsd: 500_000_000n },
  ]);
  const part = invoiceOf((await used()).provider, ['2026-07-03,other,0']);
  expect(await admin.bookInvoice({ invoice: part, reason: 'INV-10' })).toMatchObject({
    adjustments: [],
    leftAlone: 1,
  });
});

test('a line that cannot be read ends it with line and column, and nothing is booked; nor without a reason, nor by a tenant', async () => {
  const { provider } = await used();
  const broken = invoiceOf(provider, ['2026-07-03,m,1', '2026-07-04,m,one']);
  await expect(admin.bookInvoice({ invoice: broken, reason: 'INV-11' })).rejects.toMatchObject({
    violations: [{ field: 'invoice.file line 3, amount_usd' }],
  });
  const nobodys = { ...invoiceOf('', ['2026-07-03,m,1']), tenant: 'acme' };
  await expect(admin.bookInvoice({ invoice: nobodys, reason: 'INV-11' })).rejects.toMatchObject({
    violations: [{ field: 'invoice.tenant' }],
  });
  await expect(
    admin.bookInvoice({ invoice: { ...nobodys, tenant: '' }, reason: 'INV-11' }),
  ).rejects.toMatchObject({ violations: [{ field: 'invoice.provider' }] });
  const invoice = invoiceOf(provider, ['2026-07-03,m,1']);
  await expect(admin.bookInvoice({ invoice })).rejects.toMatchObject({ violations: [{ field: 'reason' }] });
  const asked = { invoice: { ...invoice, allTenants: false }, reason: 'INV-11' };
  await expect(service.as('tenant-admin').bookInvoice(asked)).rejects.toMatchObject({
    reason: 'INSTALLATION_KEY_NEEDED',
  });
  await expect(service.as('acme').bookInvoice(asked)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  audit.isAway = true;
  await expect(admin.bookInvoice({ invoice, reason: 'INV-11' })).rejects.toMatchObject({
    reason: 'AUDIT_UNAVAILABLE',
  });
  audit.isAway = false;
  expect(await adjustments(provider)).toEqual([]);
});

test('a correction of prices counts on the day of the calls that it corrects, not on the day when it was made', async () => {
  const { provider, tenants } = await used();
  const target = { address: service.address, apiKey: 'installation' };
  const client = stack.adopt(openGrpcClient(PriceTermServiceClient, target), (one) => one.close());
  const request = RerateUsageRequest.fromPartial({
    ...{ startTime: new Date('2026-07-03T00:00:00Z'), endTime: new Date('2026-07-04T00:00:00Z') },
    ...{ tenant: tenants[1], provider, discountPpm: 1_000_000, reason: 'free' },
  });
  await callUnary({ method: client.rerateUsage.bind(client), request, target, timeoutMs: 15_000 });
  const invoice = invoiceOf(provider, ['2026-07-03,m,0.001026900']);
  expect(await admin.reconcile(invoice)).toMatchObject({
    matched: 1,
    differences: [],
    ledgerNanoUsd: 3n * COST,
  });
});
