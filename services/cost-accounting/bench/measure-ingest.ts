import { randomUUID } from 'node:crypto';
import { LedgerDatabase } from '../tests/fixture/ledger-database.ts';
import { runForTest } from '../tests/fixture/run-service.ts';
import { UsagePublisher } from '../tests/fixture/usage-publisher.ts';
import { usageBatches, usageRecord } from '../tests/fixture/usage-records.ts';

/** Where ingest is measured, and with how much. */
export interface IngestMeasure {
  readonly natsUrl: string;
  readonly postgresUrl: string;
  readonly records: number;
  readonly outboxes: number;
}

/** Publishes everything first, then starts the service and tells how long it takes until the ledger has all of it. */
export async function measureIngest({
  natsUrl,
  postgresUrl,
  records,
  outboxes,
}: IngestMeasure): Promise<string> {
  await using database = await LedgerDatabase.create(postgresUrl);
  await using publisher = await UsagePublisher.connect(natsUrl, 'bench');
  const each = Math.floor(records / outboxes);
  const sources = Array.from({ length: outboxes }, () =>
    usageBatches(
      randomUUID(),
      Array.from({ length: each }, (_, i) => usageRecord({ tenant: `tenant-${Math.floor(i / 64) % 20}` })),
    ),
  );
  await publisher.publish(
    sources[0]?.flatMap((_, i) => sources.map((source) => source[i] as Uint8Array)) ?? [],
  );
  const startedAtMs = performance.now();
  const startedCpu = process.cpuUsage();
  await using service = await runForTest({ natsUrl, prefix: 'bench', roleUrl: database.roleUrl });
  while ((await publisher.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(startedCpu);
  const count = await database.count('ledger');
  const ownUs = (user + system) / count;
  return (
    `${count} records ingested in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s; CPU a record: ` +
    `${ownUs.toFixed(1)} µs in the service (${Math.round(1_000_000 / ownUs)}/s a core); ` +
    `failures ${await service.metric('ingest_failures_total')}`
  );
}
