// Measures ingest: `node services/cost-accounting/tests/bench/measure-ingest.ts [records] [outboxes]`. Publishes everything
// first, then starts the service and times it until the ledger has all of it.
import { randomUUID } from 'node:crypto';
import { startNats, startPostgres } from '@switchyard/testkit/servers';
import { LedgerDatabase } from '../fixture/ledger-database.ts';
import { runForTest } from '../fixture/run-service.ts';
import { UsagePublisher } from '../fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from '../fixture/usage-records.ts';

const records = Number(process.argv[2] ?? 200_000);
const outboxes = Number(process.argv[3] ?? 2);

await using nats = await startNats();
await using postgres = await startPostgres();
await using database = await LedgerDatabase.create(postgres.url);
await using publisher = await UsagePublisher.connect(nats.url, 'bench');

const each = Math.floor(records / outboxes);
const sources = Array.from({ length: outboxes }, () =>
  usageBatches(
    randomUUID(),
    Array.from({ length: each }, (_, i) => usageRecord({ tenant: `tenant-${Math.floor(i / 64) % 20}` })),
  ),
);
const messages = sources[0]?.flatMap((_, i) => sources.map((source) => source[i] as Uint8Array)) ?? [];
await publisher.publish(messages);
const bytes = messages.reduce((sum, { length }) => sum + length, 0);
process.stdout.write(`${each * outboxes} records, ${Math.round(bytes / each / outboxes)} bytes each\n`);

const roleUrl = database.roleUrl;
const startedAtMs = performance.now();
const startedCpu = process.cpuUsage();
await using service = await runForTest({ natsUrl: nats.url, prefix: 'bench', roleUrl });
while ((await publisher.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
const seconds = (performance.now() - startedAtMs) / 1_000;
const { user, system } = process.cpuUsage(startedCpu);
const count = await database.count('ledger');
process.stdout.write(
  `${count} entries in ${seconds.toFixed(2)} s: ${Math.round(count / seconds)} records/s, ` +
    `${((user + system) / count).toFixed(1)} CPU µs a record in this process; ` +
    `failures ${await service.metric('ingest_failures_total')}\n`,
);

const acme = service.as('installation');
for (const groupBy of [[], ['provider', 'model'], ['tenant', 'hour']]) {
  const askedAtMs = performance.now();
  await acme.summary({ allTenants: true, groupBy });
  const ms = performance.now() - askedAtMs;
  process.stdout.write(`summary by [${groupBy}]: ${ms.toFixed(0)} ms over ${count} entries\n`);
}
