import { useServers } from '@switchyard/testkit/test-servers';
import { AckPolicy } from 'nats';
import { expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';

const servers = useServers({ postgres: true, nats: true });

it('takes over the consumer of an older version that had other settings', async () => {
  await using stack = new AsyncDisposableStack();
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const { consumers } = await publisher.connection.jetstreamManager({ checkAPI: false });
  const stream = publisher.names.streams.usage;
  const older = { ack_policy: AckPolicy.Explicit, ack_wait: 7_000_000_000, max_ack_pending: 77 };
  await consumers.add(stream, { durable_name: 'cost-accounting', ...older });
  const service = stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  await vi.waitFor(
    async () => expect((await service.readiness()).parts.ingest).toMatchObject({ ok: true }),
    25_000,
  );
  const { config } = await consumers.info(stream, 'cost-accounting');
  expect(config.max_ack_pending).not.toBe(older.max_ack_pending);
  expect(config.ack_wait).not.toBe(older.ack_wait);
});
