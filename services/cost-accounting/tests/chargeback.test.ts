import { SharedCosts, StatementFormat } from '@switchyard/contracts/cost';
import type { UsageRecord } from '@switchyard/contracts/events';
import { Usage } from '@switchyard/contracts/routing';
import { sameDay } from '@switchyard/testkit/same-day';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
const PERIOD = { startTime: new Date('2026-07-01T00:00:00Z'), endTime: new Date('2026-08-01T00:00:00Z') };
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;

const RECORDS = Array.from(
  { length: 60 },
  (_, i): UsageRecord =>
    usageRecord({
      occurredAt: new Date(Date.UTC(2026, 6, 1 + (i % 5), i % 24, i % 60)),
      tenant: i % 10 === 9 ? 'installation' : i % 2 === 0 ? 'acme' : 'other',
      purpose: i % 7 === 0 ? 2 : 1,
      service: `team-${i % 3}`,
      labels: { team: `label-${i % 2}` },
    }),
);
const TOTAL = RECORDS.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n);

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  await book('o1', RECORDS);
});
afterAll(() => stack.disposeAsync());

async function book(outboxId: string, records: readonly UsageRecord[]): Promise<void> {
  await publisher.publish(usageBatches(outboxId, records));
  await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(records.length), WAIT);
}
type Asked = Parameters<ReturnType<typeof service.as>['statements']>[0];
const all = (request: Asked = {}) =>
  service.as('installation').statements({ ...PERIOD, allTenants: true, ...request });
const json = async (bytes: Promise<Buffer>) => JSON.parse(String(await bytes));
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { reason: string; violations: { field: string }[] }) =>
      error.violations[0]?.field ?? error.reason,
  );

describe('ExportStatements', () => {
  it('adds up to the ledger by every rule and division, to the nano-USD', async () => {
    for (const sharedCosts of [SharedCosts.PROPORTIONAL, SharedCosts.EVEN, SharedCosts.NONE]) {
      for (const teamBy of ['', 'service', 'label:team']) {
        const made = await json(all({ format: StatementFormat.JSON, sharedCosts, teamBy }));
        const amounts = [...made.statements.map((s: { total_nano_usd: string }) => s.total_nano_usd)];
        amounts.push(...made.unallocated.map((s: { cost_nano_usd: string }) => s.cost_nano_usd));
        expect(
          amounts.reduce((sum, amount) => sum + BigInt(amount), 0n),
          `${sharedCosts} ${teamBy}`,
        ).toBe(TOTAL);
        expect(made.closed).toBe(true);
        expect(made.ledger_days.map(({ entries }: { entries: string }) => entries)).toEqual([
          '12',
          '12',
          '12',
          '12',
          '12',
        ]);
      }
    }
  });

  it('gives the same bytes again, in every format, and others once a late record is booked', async () => {
    const formats = [StatementFormat.CSV, StatementFormat.JSON, StatementFormat.FOCUS, StatementFormat.PDF];
    const make = () => Promise.all(formats.map((format) => all({ format, teamBy: 'service' })));
    const first = await make();
    expect((await make()).map((bytes, i) => bytes.equals(first[i] as Buffer))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(first[3]?.subarray(0, 8).toString()).toBe('%PDF-1.3');
    await book('o2', [usageRecord({ occurredAt: new Date('2026-07-03T00:00:00Z') })]);
    expect((await make()).map((bytes, i) => bytes.equals(first[i] as Buffer))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    const { ledger_days } = await json(all({ format: StatementFormat.JSON }));
    expect(ledger_days[2].entries).toBe('13');
    const before = JSON.parse(String(first[1])).ledger_days;
    expect(ledger_days[2].sha256).not.toBe(before[2].sha256);
    expect(ledger_days[1].sha256).toBe(before[1].sha256);
  });

  it('shows a tenant its own statement only, and all of them to keys of the installation', async () => {
    const acme = service.as('acme');
    const made = await json(acme.statements({ ...PERIOD, format: StatementFormat.JSON }));
    expect(made.statements.map(({ tenant }: { tenant: string }) => tenant)).toEqual(['acme']);
    expect(await reasonOf(acme.statements({ ...PERIOD, allTenants: true }))).toBe('INSTALLATION_KEY_NEEDED');
    expect(await reasonOf(acme.statements({ ...PERIOD, tenant: 'other' }))).toBe('TENANT_NOT_FOUND');
    expect(await reasonOf(service.as('agent').statements(PERIOD))).toBe('PERMISSION_DENIED');
  });

  it('says that a period is not over, and refuses what it cannot read', async () => {
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const open = { startTime: new Date(today), endTime: new Date(today + 86_400_000) };
    expect((await json(all({ ...open, format: StatementFormat.JSON }))).closed).toBe(false);
    expect(await reasonOf(all({ startTime: new Date(1) }))).toBe('start_time');
    expect(await reasonOf(all({ endTime: undefined }))).toBe('end_time');
    expect(await reasonOf(all({ startTime: new Date('2024-01-01T00:00:00Z') }))).toBe('start_time');
    expect(await reasonOf(all({ format: 99 as StatementFormat }))).toBe('format');
    expect(await reasonOf(all({ sharedCosts: 99 as SharedCosts }))).toBe('shared_costs');
    expect(await reasonOf(all({ teamBy: 'luck' }))).toBe('team_by');
    expect(await reasonOf(all({ tenant: 'acme' }))).toBe('tenant');
  });
});

describe('ReconcileInvoice', () => {
  const CHARGE_USD = '0.0003423';
  const invoice = (lines: readonly string[]) => Buffer.from(['date,model,amount_usd', ...lines].join('\n'));
  const reconcile = (file: Buffer, request: object = {}) =>
    service.as('installation').reconcile({ allTenants: true, provider: 'invoiced', file, ...request });

  it('tells by line what differs from the ledger, and changes nothing', async () => {
    const at = (day: string, model: string) =>
      usageRecord({ occurredAt: new Date(`${day}T12:00:00Z`), provider: 'invoiced', model });
    await book('o3', [
      at('2026-06-01', 'a'),
      at('2026-06-01', 'a'),
      at('2026-06-02', 'b'),
      at('2026-06-02', 'd'),
    ]);
    const before = await database.ledger();
    const file = invoice([
      '2026-06-01,a-2026,0.0006846',
      `2026-06-02,b,${CHARGE_USD}`,
      `2026-06-02,b,${CHARGE_USD}`,
      `2026-06-02,c,${CHARGE_USD}`,
    ]);
    const found = await reconcile(file, { models: { 'a-2026': 'a' }, toleranceNanoUsd: 0n });
    expect(found).toMatchObject({ matched: 1, invoiceNanoUsd: 1_711_500n, ledgerNanoUsd: 1_369_200n });
    expect(found.differences).toEqual([
      expect.objectContaining({
        kind: 'amount_differs',
        model: 'b',
        lines: [3, 4],
        invoiceNanoUsd: 684_600n,
        ledgerNanoUsd: 342_300n,
      }),
      expect.objectContaining({
        kind: 'missing_in_ledger',
        model: 'c',
        lines: [5],
        ledgerNanoUsd: undefined,
      }),
      expect.objectContaining({
        kind: 'missing_in_invoice',
        model: 'd',
        lines: [],
        invoiceNanoUsd: undefined,
      }),
    ]);
    expect((await reconcile(file)).differences.map(({ kind }) => kind)).toEqual([]);
    expect(await database.ledger()).toEqual(before);
  });

  it('refuses a broken line by its number and column, and what is out of bounds', async () => {
    expect(await reasonOf(reconcile(invoice(['2026-06-01,a,1', 'yesterday,a,1'])))).toBe('file line 3, date');
    expect(await reasonOf(reconcile(invoice(['2026-06-01,a,1', '2027-12-01,a,1'])))).toBe('file');
    expect(await reasonOf(reconcile(invoice(['2026-06-01,a,1']), { provider: '' }))).toBe('provider');
    expect(await reasonOf(reconcile(invoice(['2026-06-01,a,1']), { toleranceNanoUsd: -1n }))).toBe(
      'tolerance_nano_usd',
    );
    expect(
      await reasonOf(service.as('acme').reconcile({ allTenants: true, provider: 'p', file: invoice([]) })),
    ).toBe('INSTALLATION_KEY_NEEDED');
  });
});

describe('GetForecast', () => {
  const DAY_MS = 86_400_000;

  it('tells the days to come, and when a budget runs out', async () => {
    await sameDay(25_000);
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const days = Array.from({ length: 10 }, (_, i) =>
      usageRecord({
        tenant: 'acme',
        provider: 'steady',
        occurredAt: new Date(today - (i + 1) * DAY_MS + 1_000),
      }),
    );
    await book('o4', days);
    const admin = service.as('tenant-admin');
    await admin.createBudget({
      id: 'left',
      limit: 1_000_000n,
      unit: 1,
      period: 4,
      enforcement: 1,
      scope: { provider: 'steady' },
    });
    const made = await admin.forecast({ budget: 'left', days: 5 });
    expect(made.days.map(({ amount }) => amount?.expected)).toEqual(new Array(5).fill(342_300n));
    expect(made).toMatchObject({
      unit: 'cost',
      runsOut: new Date(today + 2 * DAY_MS).toISOString().slice(0, 10),
      anomalies: [],
    });
    expect((await service.as('acme').forecast()).total?.expected).toBeGreaterThanOrEqual(30n * 342_300n);
  }, 60_000);

  it('refuses what it cannot know', async () => {
    const acme = service.as('acme');
    expect(await reasonOf(acme.forecast({ budget: 'unknown' }))).toBe('BUDGET_NOT_FOUND');
    expect(await reasonOf(acme.forecast({ days: 91 }))).toBe('days');
    expect(await reasonOf(acme.forecast({ allTenants: true }))).toBe('INSTALLATION_KEY_NEEDED');
    expect(await reasonOf(service.as('installation').forecast({ tenant: 'nobody' }))).toBe(
      'HISTORY_TOO_SHORT',
    );
  });
});

describe('ListRecommendations', () => {
  it('rates what was used at the price book’s other providers of the model', async () => {
    const occurredAt = new Date('2026-05-02T12:00:00Z');
    const usage = Usage.fromPartial({ inputTokens: 1_000_000, outputTokens: 100_000 });
    const prices = { priceVersion: '1', input: 900_000_000n, output: 600_000_000n };
    await book('o5', [usageRecord({ tenant: 'acme', provider: 'dear', occurredAt, usage, prices })]);
    const asked = { startTime: new Date('2026-05-02T00:00:00Z'), endTime: new Date('2026-05-03T00:00:00Z') };
    const { recommendations } = await service.as('acme').recommendations(asked);
    expect(recommendations).toMatchObject([
      {
        type: 'cheaper_offering',
        savingsNanoUsd: 750_000_000n,
        evidence: { provider: 'dear', other_provider: 'openai' },
      },
    ]);
    expect((await service.as('other').recommendations(asked)).recommendations).toEqual([]);
    expect(await reasonOf(service.as('acme').recommendations({ ...asked, endTime: new Date(0) }))).toBe(
      'start_time',
    );
  });
});
