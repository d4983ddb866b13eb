import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 6, 1);
let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;

/** Two tenants over three days, in every line, with and without price, labels and cache. */
const RECORDS = Array.from({ length: 400 }, (_, i): UsageRecord => {
  const cached = i % 11 === 0;
  return usageRecord({
    occurredAt: new Date(START_MS + ((i * 617) % (72 * 60)) * 60_000 + i),
    tenant: i % 3 === 0 ? 'other' : 'acme',
    provider: `p${i % 2}`,
    agent: `agent-${i % 5}`,
    workflow: i % 7 === 0 ? '' : `workflow-${i % 4}`,
    service: `service-${i % 2}`,
    keyId: `key-${i % 3}`,
    labels: i % 4 === 0 ? {} : { team: `team-${i % 3}`, env: 'prod' },
    line: i % 13 === 0 ? LineKind.WASTE : LineKind.CHARGE,
    outcome: i % 13 === 0 ? 'server_error' : 'ok',
    requestOutcome: cached ? 8 : i % 13 === 0 ? 3 : 1,
    durationUs: BigInt(1_000 * (i + 1)),
    ...(i % 17 === 0 ? { prices: undefined, costNanoUsd: undefined } : {}),
    // More than was held: of answers and of failures.
    ...(i % 19 === 0 ? { holdNanoUsd: 1n } : {}),
    ...(cached ? { cache: 1, savedNanoUsd: 5_000n, usage: undefined, costNanoUsd: 0n } : {}),
  });
});

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
const folded = () => vi.waitFor(async () => expect(await database.count('rollup_parts')).toBe(0), WAIT);

/** What the test itself adds up. */
function expected(records: readonly UsageRecord[]) {
  const attempts = records.filter(({ cache }) => cache === 0);
  return {
    requests: BigInt(records.filter(({ requestOutcome }) => requestOutcome !== 0).length),
    succeededRequests: BigInt(records.filter(({ requestOutcome: o }) => o === 1 || o === 8).length),
    attempts: BigInt(attempts.length),
    successes: BigInt(attempts.filter(({ outcome }) => outcome === 'ok').length),
    cachedRequests: BigInt(records.length - attempts.length),
    costNanoUsd: records.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n),
    wasteNanoUsd: records
      .filter(({ line }) => line === LineKind.WASTE)
      .reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n),
    savedNanoUsd: records.reduce((sum, { savedNanoUsd = 0n }) => sum + savedNanoUsd, 0n),
    unpricedAttempts: BigInt(records.filter(({ costNanoUsd }) => costNanoUsd === undefined).length),
    inputTokens: records.reduce((sum, { usage }) => sum + BigInt(usage?.inputTokens ?? 0), 0n),
    averageLatencyMs:
      attempts.length === 0
        ? undefined
        : attempts.reduce((sum, { durationUs }) => sum + Number(durationUs), 0) / attempts.length / 1_000,
  };
}

/** Whole days, whole hours, and any milliseconds. */
const PERIODS = [
  [0, 72 * HOUR_MS],
  [HOUR_MS, 71 * HOUR_MS],
  [12 * HOUR_MS + 1_234_567, 60 * HOUR_MS + 7],
].map(([from = 0, to = 0]) => ({ startTime: new Date(START_MS + from), endTime: new Date(START_MS + to) }));

const GROUPS: Readonly<Record<string, (record: UsageRecord) => string>> = {
  tenant: ({ tenant }) => tenant,
  provider: ({ provider }) => provider,
  agent: ({ agent }) => agent,
  workflow: ({ workflow }) => workflow,
  service: ({ service: name }) => name,
  key: ({ keyId }) => keyId,
  'label:team': ({ labels }) => labels.team ?? '',
  day: ({ occurredAt }) => occurredAt?.toISOString().slice(0, 10) ?? '',
  hour: ({ occurredAt }) => `${occurredAt?.toISOString().slice(0, 13)}:00:00Z`,
};

describe('roll-ups', () => {
  it('add up to the ledger for every period and group, before they are folded and afterwards', async () => {
    for (const state of ['as they come', 'folded']) {
      if (state === 'folded') await folded();
      for (const { startTime, endTime } of PERIODS) {
        const within = RECORDS.filter(({ occurredAt: at }) => at && at >= startTime && at < endTime);
        for (const [group, nameOf] of Object.entries(GROUPS)) {
          const { total, groups } = await service
            .as('installation')
            .summary({ startTime, endTime, allTenants: true, groupBy: [group] });
          expect(total, `${group} ${state}`).toMatchObject(expected(within));
          const byValue = Map.groupBy(within, nameOf);
          expect(new Set(groups.map(({ key }) => key[group])), `${group} ${state}`).toEqual(
            new Set(byValue.keys()),
          );
          for (const sums of groups)
            expect(sums, `${group} ${state}`).toMatchObject(
              expected(byValue.get(sums.key[group] ?? '') ?? []),
            );
        }
      }
    }
  });

  it('are narrowed by what a request says, and by one label', async () => {
    const [period] = PERIODS;
    const mine = RECORDS.filter(({ tenant }) => tenant === 'acme');
    const acme = service.as('acme');
    const filters = {
      workflow: [{ workflow: 'workflow-1' }, (r: UsageRecord) => r.workflow === 'workflow-1'],
      service: [{ service: 'service-1' }, (r: UsageRecord) => r.service === 'service-1'],
      key: [{ key: 'key-2' }, (r: UsageRecord) => r.keyId === 'key-2'],
      label: [{ label: { name: 'team', value: 'team-1' } }, (r: UsageRecord) => r.labels.team === 'team-1'],
      without: [{ label: { name: 'team', value: '' } }, (r: UsageRecord) => r.labels.team === undefined],
    } as const;
    for (const [name, [filter, matches]] of Object.entries(filters)) {
      const { total } = await acme.summary({ ...period, ...filter });
      expect(total, name).toMatchObject(expected(mine.filter(matches)));
    }
  });

  it('keep a record that comes late, and one that comes twice once', async () => {
    const late = usageRecord({ tenant: 'late', occurredAt: new Date('2026-06-01T10:00:00Z') });
    await book('o2', [late]);
    await folded();
    await publisher.publish(usageBatches('o2', [late]));
    await book('o3', [late]);
    const asked = { startTime: new Date('2026-06-01T00:00:00Z'), endTime: new Date('2026-06-02T00:00:00Z') };
    const { total } = await service.as('installation').summary({ ...asked, tenant: 'late' });
    expect(total?.attempts).toBe(2n);
  });

  it('keep 1,000 values of what callers say of themselves apart, the rest as (other)', async () => {
    const occurredAt = new Date('2026-05-01T10:00:00Z');
    const records = Array.from({ length: 1_010 }, (_, i) =>
      usageRecord({ tenant: 'many', occurredAt, workflow: `run-${i}`, labels: { session: `s-${i}` } }),
    );
    await book('o4', records);
    await folded();
    const asked = { startTime: new Date('2026-05-01T00:00:00Z'), endTime: new Date('2026-05-02T00:00:00Z') };
    for (const group of ['workflow', 'label:session']) {
      const { groups, total } = await service
        .as('installation')
        .summary({ ...asked, tenant: 'many', groupBy: [group], limit: 10_000 });
      expect(groups.length).toBe(1_001);
      expect(groups.find(({ key }) => key[group] === '(other)')?.attempts).toBe(10n);
      expect(total?.attempts).toBe(1_010n);
    }
  });

  it('refuse what is no dimension, two labels, and a label other than that which is grouped by', async () => {
    const fieldOf = (request: object) =>
      service
        .as('acme')
        .summary(request)
        .then(
          () => 'no error',
          (error: { violations: { field: string }[] }) => error.violations[0]?.field,
        );
    expect(await fieldOf({ groupBy: ['label:'] })).toBe('group_by');
    expect(await fieldOf({ groupBy: ['label:a', 'label:b'] })).toBe('group_by');
    expect(await fieldOf({ groupBy: ['label:a'], label: { name: 'b', value: '' } })).toBe('label.name');
    expect(await fieldOf({ label: { name: '', value: 'x' } })).toBe('label.name');
    expect(await fieldOf({ workflow: 'w'.repeat(513) })).toBe('workflow');
  });
});
