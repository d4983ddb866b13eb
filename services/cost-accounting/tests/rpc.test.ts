import { randomUUID } from 'node:crypto';
import { LineKind, type UsageRecord } from '@switchyard/contracts/events';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { CATALOG, offeringPrice } from './fixture/test-catalog.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageBatches, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
const WAIT = { timeout: 20_000, interval: 50 };

let database: LedgerDatabase;
let publisher: UsagePublisher;
let service: Awaited<ReturnType<typeof runForTest>>;
let surroundings: { natsUrl: string; prefix: string; roleUrl: string };

const START = new Date('2026-07-01T00:00:00Z');
const END = new Date('2026-07-03T00:00:00Z');
const PERIOD = { startTime: START, endTime: END };

const at = (time: string, change: Partial<UsageRecord> = {}): UsageRecord =>
  usageRecord({ occurredAt: new Date(`2026-07-${time}Z`), ...change });

/** A request that failed over, one that was cached in part, one lost with its process, one without a price; and another tenant's. */
const RECORDS: readonly UsageRecord[] = [
  at('01T10:00:00', {
    requestId: 'r1',
    requestOutcome: 0,
    outcome: 'server_error',
    line: LineKind.WASTE,
    usage: undefined,
    costNanoUsd: 0n,
    durationUs: 10_000n,
  }),
  at('01T10:00:01', { requestId: 'r1', attemptIndex: 1, provider: 'anthropic-main', durationUs: 30_000n }),
  at('01T11:30:00', { requestId: 'r2', agent: 'writer', durationUs: 50_000n }),
  at('02T00:00:00', {
    requestId: 'r3',
    requestOutcome: 0,
    line: LineKind.UNRESOLVED,
    usage: undefined,
    costNanoUsd: 900_000n,
    durationUs: 0n,
    outcome: '',
  }),
  at('02T23:59:59.999', { requestId: 'r4', prices: undefined, costNanoUsd: undefined, durationUs: 30_000n }),
  at('02T12:00:00', { tenant: 'other', requestId: 'r5' }),
];
/** 900 × 0.15 + 100 × 0.075 + 333 × 0.60 USD per million tokens, in nano-USD. */
const CHARGE = 135_000n + 7_500n + 199_800n;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  surroundings = { natsUrl, prefix, roleUrl: database.roleUrl };
  service = stack.use(await runForTest(surroundings));
  await publisher.publish([
    usageBatch(
      'o1',
      RECORDS.map((record, i) => ({ sequence: i + 1, record })),
    ),
  ]);
  await vi.waitFor(async () => expect(await database.watermark('o1')).toBe(RECORDS.length), WAIT);
  await vi.waitFor(() => service.as('replica').prices(), WAIT);
});
afterAll(() => stack.disposeAsync());

const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { reason: string; code: string }) => `${error.code} ${error.reason}`,
  );

describe('GetCostSummary', () => {
  it('sums up the caller’s tenant, counts a request once and says what is unknown', async () => {
    const { total, groups } = await service.as('acme').summary(PERIOD);
    expect(total).toMatchObject({
      requests: 3n,
      attempts: 5n,
      successes: 3n,
      costNanoUsd: 2n * CHARGE + 900_000n,
      wasteNanoUsd: 0n,
      unresolvedNanoUsd: 900_000n,
      unpricedAttempts: 1n,
      inputTokens: 3_000n,
      outputTokens: 999n,
      cacheReadTokens: 300n,
      averageLatencyMs: 30,
    });
    expect(groups).toEqual([total]);
  });

  it('groups by any dimensions, dearest first', async () => {
    const { groups } = await service.as('acme').summary({ ...PERIOD, groupBy: ['provider', 'day'] });
    expect(groups.map(({ key, costNanoUsd, requests }) => ({ ...key, costNanoUsd, requests }))).toEqual([
      { provider: 'openai-main', day: '2026-07-02', costNanoUsd: 900_000n, requests: 1n },
      { provider: 'openai-main', day: '2026-07-01', costNanoUsd: CHARGE, requests: 1n },
      { provider: 'anthropic-main', day: '2026-07-01', costNanoUsd: CHARGE, requests: 1n },
    ]);
    const dimensions = ['tenant', 'model', 'agent', 'workflow', 'service', 'key', 'line', 'purpose', 'hour'];
    for (const dimension of dimensions) {
      const { total, groups: found } = await service.as('acme').summary({ ...PERIOD, groupBy: [dimension] });
      expect(found.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)).toBe(total?.costNanoUsd);
      expect(Object.keys(found[0]?.key ?? {})).toEqual([dimension]);
    }
    const byHour = await service
      .as('acme')
      .summary({ ...PERIOD, groupBy: ['hour'], provider: 'anthropic-main' });
    expect(byHour.groups.map(({ key }) => key)).toEqual([{ hour: '2026-07-01T10:00:00Z' }]);
  });

  it('keeps the dearest groups and says that others were left out', async () => {
    const { groups, truncated, total } = await service
      .as('acme')
      .summary({ ...PERIOD, groupBy: ['hour'], limit: 1 });
    expect(groups.map(({ key }) => key.hour)).toEqual(['2026-07-02T00:00:00Z']);
    expect(truncated).toBe(true);
    expect(total?.attempts).toBe(5n);
  });

  it('filters, and takes the end of a period as exclusive', async () => {
    const acme = service.as('acme');
    expect((await acme.summary({ ...PERIOD, agent: 'writer' })).total?.attempts).toBe(1n);
    expect((await acme.summary({ ...PERIOD, model: 'unknown' })).total).toMatchObject({
      attempts: 0n,
      costNanoUsd: 0n,
      averageLatencyMs: undefined,
    });
    const firstDay = { startTime: START, endTime: new Date('2026-07-02T00:00:00Z') };
    expect((await acme.summary(firstDay)).total?.attempts).toBe(3n);
    const fromMidnight = { startTime: new Date('2026-07-02T00:00:00Z'), endTime: END };
    expect((await acme.summary(fromMidnight)).total?.attempts).toBe(2n);
  });

  it('shows another tenant, or all, only to keys of the installation', async () => {
    expect(await reasonOf(service.as('acme').summary({ ...PERIOD, tenant: 'other' }))).toBe(
      'NOT_FOUND TENANT_NOT_FOUND',
    );
    expect(await reasonOf(service.as('acme').summary({ ...PERIOD, allTenants: true }))).toBe(
      'PERMISSION_DENIED INSTALLATION_KEY_NEEDED',
    );
    const installation = service.as('installation');
    expect((await installation.summary({ ...PERIOD, tenant: 'other' })).total?.attempts).toBe(1n);
    const all = await installation.summary({ ...PERIOD, allTenants: true, groupBy: ['tenant'] });
    expect(all.groups.map(({ key, attempts }) => [key.tenant, attempts])).toEqual([
      ['acme', 5n],
      ['other', 1n],
    ]);
  });

  it('names the field that is wrong', async () => {
    const wrong: [object, RegExp][] = [
      [{ groupBy: ['colour'] }, /^INVALID_ARGUMENT: group_by: has colour/],
      [{ groupBy: ['day', 'day'] }, /group_by/],
      [{ groupBy: ['day', 'hour', 'model', 'agent', 'key'] }, /group_by/],
      [{ limit: -1 }, /limit/],
      [{ limit: 10_001 }, /limit/],
      [{ startTime: END, endTime: START }, /start_time/],
      [{ startTime: new Date('2020-01-01'), endTime: END }, /start_time/],
      [{ agent: 'a'.repeat(513) }, /agent/],
      [{ agent: 'a\0' }, /agent/],
    ];
    for (const [request, message] of wrong) {
      await expect(service.as('acme').summary({ ...PERIOD, ...request })).rejects.toThrow(message);
    }
    const both = service.as('installation').summary({ ...PERIOD, tenant: 'acme', allTenants: true });
    await expect(both).rejects.toThrow(/tenant/);
  });

  it('needs the permission', async () => {
    expect(await reasonOf(service.as('agent').summary(PERIOD))).toBe('PERMISSION_DENIED PERMISSION_DENIED');
    expect(await reasonOf(service.as('acme').status())).toBe('PERMISSION_DENIED PERMISSION_DENIED');
    expect(await reasonOf(service.as('acme').renew({ replica: 'r' }))).toBe(
      'PERMISSION_DENIED PERMISSION_DENIED',
    );
    expect(await reasonOf(service.as('agent').prices())).toBe('PERMISSION_DENIED PERMISSION_DENIED');
  });
});

describe('ListLedgerEntries', () => {
  it('lists newest first, page by page, each entry once', async () => {
    const acme = service.as('acme');
    const seen: bigint[] = [];
    let pageToken = '';
    do {
      const page = await acme.entries({ ...PERIOD, pageSize: 2, pageToken });
      seen.push(...page.entries.map(({ sequence }) => sequence));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual([5n, 4n, 3n, 2n, 1n]);
  });

  it('pages through entries of one instant', async () => {
    const records = Array.from({ length: 7 }, () => at('02T15:00:00', { tenant: 'instant' }));
    await publisher.publish(usageBatches('o2', records));
    await vi.waitFor(async () => expect(await database.watermark('o2')).toBe(7), WAIT);
    const installation = service.as('installation');
    const first = await installation.entries({ ...PERIOD, tenant: 'instant', pageSize: 4 });
    const second = await installation.entries({
      tenant: 'instant',
      pageSize: 4,
      pageToken: first.nextPageToken,
    });
    expect([...first.entries, ...second.entries].map(({ sequence }) => sequence)).toEqual([
      7n,
      6n,
      5n,
      4n,
      3n,
      2n,
      1n,
    ]);
    expect(second.nextPageToken).toBe('');
  });

  it('gives the transfer as it was booked', async () => {
    const { entries } = await service.as('acme').entries({ ...PERIOD, requestId: 'r2' });
    expect(entries).toEqual([
      {
        outboxId: 'o1',
        sequence: 3n,
        occurredAt: new Date('2026-07-01T11:30:00Z'),
        line: 'charge',
        debitAccount: 'tenant:acme',
        creditAccount: 'provider:openai-main',
        amountNanoUsd: CHARGE,
        requestId: 'r2',
        attemptId: RECORDS[2]?.attemptId,
        provider: 'openai-main',
        model: 'gpt-4o-mini',
        estimated: false,
        cache: '',
        savedNanoUsd: undefined,
      },
    ]);
    const [unpriced] = (await service.as('acme').entries({ ...PERIOD, requestId: 'r4' })).entries;
    expect(unpriced?.amountNanoUsd).toBeUndefined();
  });

  it('shows nothing of another tenant and refuses what it cannot read', async () => {
    expect(await reasonOf(service.as('other').entries({ ...PERIOD, tenant: 'acme' }))).toBe(
      'NOT_FOUND TENANT_NOT_FOUND',
    );
    const { entries } = await service.as('other').entries({ ...PERIOD, requestId: 'r2' });
    expect(entries).toEqual([]);
    for (const request of [{ pageToken: 'nonsense' }, { pageSize: -1 }, { pageSize: 1_001 }]) {
      expect(await reasonOf(service.as('acme').entries(request))).toBe('INVALID_ARGUMENT INVALID_ARGUMENT');
    }
    const forged = Buffer.from(JSON.stringify([0, 1e300, 1, 1, 'x'])).toString('base64url');
    expect(await reasonOf(service.as('acme').entries({ pageToken: forged }))).toBe(
      'INVALID_ARGUMENT INVALID_ARGUMENT',
    );
  });
});

describe('RenewLeases and GetLedgerStatus', () => {
  it('answers each outbox’s watermark in the order asked, and the versions of prices and budgets', async () => {
    const answer = await service.as('replica').renew({
      replica: 'replica-9',
      outboxes: [
        { outboxId: 'unknown', lastSequence: 0n, closed: false },
        { outboxId: 'o1', lastSequence: 6n, closed: true },
      ],
    });
    expect(answer).toEqual({
      watermarks: [
        { outboxId: 'unknown', committedSequence: 0n },
        { outboxId: 'o1', committedSequence: 6n },
      ],
      priceVersion: '0000000001',
      budgetVersion: '0',
      leases: [],
      asks: [],
    });
  });

  it('shows what a replica told and what the ledger lacks', async () => {
    const outboxId = randomUUID();
    const records = Array.from({ length: 130 }, () => usageRecord());
    const [first, , third] = usageBatches(outboxId, records) as [Uint8Array, Uint8Array, Uint8Array];
    await publisher.publish([first, third]);
    await vi.waitFor(async () => expect(await database.watermark(outboxId)).toBe(64), WAIT);
    const tell = (lastSequence: bigint, closed: boolean) =>
      service.as('replica').renew({ replica: 'replica-1', outboxes: [{ outboxId, lastSequence, closed }] });
    await tell(140n, true);
    // A late, older report takes nothing back.
    await tell(130n, false);
    await vi.waitFor(async () => {
      const { outboxes } = await service.as('installation').status();
      expect(outboxes.find((outbox) => outbox.outboxId === outboxId)).toEqual({
        outboxId,
        replica: 'replica-1',
        lastSequence: 140n,
        committedSequence: 64n,
        aheadOfGap: 2n,
        closed: true,
        seenAt: expect.any(Date),
        lostAt: undefined,
        unattributedNanoUsd: 0n,
      });
    }, WAIT);
    expect(await service.metric('outboxes', { state: 'gap' })).toBe(1);
    expect(await service.metric('outboxes', { state: 'behind' })).toBe(1);
    expect(await service.metric('watermark_lag_records', { over: 'largest' })).toBe(74);
  });

  it('counts records and quarantine, for keys of the installation only', async () => {
    await publisher.publish([Buffer.from('no batch')]);
    await vi.waitFor(async () => {
      const status = await service.as('installation').status();
      expect(status.quarantined).toBe(1n);
      expect(status.records).toBe(BigInt(await database.count('ledger')));
    }, WAIT);
    expect(await reasonOf(service.as('tenant-admin').status())).toBe(
      'PERMISSION_DENIED INSTALLATION_KEY_NEEDED',
    );
  });

  it('refuses what is out of bounds', async () => {
    const replica = service.as('replica');
    const outbox = { outboxId: 'a', lastSequence: 1n, closed: false };
    const wrong = [
      { replica: '' },
      { replica: 'r', outboxes: [outbox, outbox] },
      { replica: 'r', outboxes: [{ ...outbox, outboxId: '' }] },
      { replica: 'r', outboxes: [{ ...outbox, lastSequence: 2n ** 60n }] },
      { replica: 'r', outboxes: Array.from({ length: 1_001 }, (_, i) => ({ ...outbox, outboxId: `o${i}` })) },
    ];
    for (const request of wrong) {
      expect(await reasonOf(replica.renew(request))).toBe('INVALID_ARGUMENT INVALID_ARGUMENT');
    }
  });
});

describe('the price book', () => {
  it('is the catalog’s, and short for who has it', async () => {
    const { version, prices } = await service.as('replica').prices();
    expect(version).toBe('0000000001');
    expect(prices).toEqual(CATALOG.prices);
    expect(await service.as('replica').prices({ knownVersion: version })).toEqual({
      version,
      prices: [],
      terms: [],
    });
  });

  it('gets a new version from a changed catalog, which every replica serves and announces', async () => {
    const kv = await publisher.connection.jetstream().views.kv(publisher.names.stateBucket);
    const announced = async () =>
      JSON.parse((await kv.get(publisher.names.stateKeys.prices))?.string() ?? '{}') as object;
    await vi.waitFor(async () => expect(await announced()).toMatchObject({ version: '0000000001' }), WAIT);
    {
      await using same = await runForTest(surroundings);
      expect((await same.as('replica').prices()).version).toBe('0000000001');
    }
    const changed = {
      digest: 'catalog-2',
      prices: [
        offeringPrice({
          provider: 'openai',
          model: 'gpt-4o-mini',
          input: 1n,
          cacheWrite1h: 2n,
          query: 3n,
          outputImage: 4n,
          inputCharacter: 5n,
        }),
      ],
    };
    await using other = await runForTest(surroundings, { catalog: changed });
    await vi.waitFor(async () => {
      expect(await other.as('replica').prices()).toEqual({
        version: '0000000002',
        prices: changed.prices,
        terms: [],
      });
    }, WAIT);
    expect((await service.as('replica').prices()).prices).toEqual(changed.prices);
    expect((await service.as('replica').renew({ replica: 'r' })).priceVersion).toBe('0000000002');
    await vi.waitFor(async () => expect(await announced()).toMatchObject({ version: '0000000002' }), WAIT);
    expect(await database.count('prices', `version = '0000000001'`)).toBe(2);
  });
});
