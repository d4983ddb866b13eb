import { LineKind } from '@switchyard/contracts/events';
import { CacheResult, DecisionOutcome } from '@switchyard/contracts/routing';
import { useServers } from '@switchyard/testkit/test-servers';
import { expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });

it('a request that the cache answered counts as a request and as a saving, not as an attempt', async () => {
  await using stack = new AsyncDisposableStack();
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  const charged = usageRecord({ requestId: 'charged', durationUs: 100_000n });
  const cached = (requestId: string, cache: CacheResult, savedNanoUsd: bigint | undefined) =>
    usageRecord({
      requestId,
      cache,
      savedNanoUsd,
      requestOutcome: DecisionOutcome.CACHED,
      line: LineKind.CHARGE,
      usage: undefined,
      prices: undefined,
      holdNanoUsd: undefined,
      costNanoUsd: 0n,
      durationUs: 200n,
    });
  const records = [
    charged,
    cached('hit', CacheResult.HIT_L1, charged.costNanoUsd),
    cached('joined', CacheResult.JOINED, 5n),
    // What its call had cost is not known.
    cached('unpriced', CacheResult.HIT_L2, undefined),
    // It would be a cost that nobody verifies.
    cached('poison', CacheResult.HIT_L1, -1n),
  ];
  await publisher.publish([
    usageBatch(
      'o1',
      records.map((record, i) => ({ sequence: i + 1, record })),
    ),
  ]);
  await vi.waitFor(async () => expect(await database.watermark('o1')).toBe(records.length), {
    timeout: 20_000,
    interval: 50,
  });
  const acme = service.as('acme');
  expect((await acme.summary({})).total).toMatchObject({
    requests: 4n,
    cachedRequests: 3n,
    attempts: 1n,
    successes: 1n,
    costNanoUsd: charged.costNanoUsd,
    savedNanoUsd: (charged.costNanoUsd ?? 0n) + 5n,
    unpricedAttempts: 0n,
    inputTokens: 1_000n,
    averageLatencyMs: 100,
  });
  const { entries } = await acme.entries({ requestId: 'hit' });
  expect(entries).toMatchObject([
    { line: 'charge', amountNanoUsd: 0n, cache: 'hit-l1', savedNanoUsd: charged.costNanoUsd },
  ]);
});
