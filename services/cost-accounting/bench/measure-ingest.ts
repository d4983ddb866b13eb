import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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
  const started = { own: process.cpuUsage(), database: postgresCpuSeconds() };
  await using service = await runForTest({ natsUrl, prefix: 'bench', roleUrl: database.roleUrl });
  while ((await publisher.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(started.own);
  const count = await database.count('ledger');
  const ownUs = (user + system) / count;
  const databaseUs = ((postgresCpuSeconds() - started.database) * 1_000_000) / count;
  return (
    `${count} records ingested in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s; CPU a record: ` +
    `${ownUs.toFixed(1)} µs in the service (${Math.round(1_000_000 / ownUs)}/s a core), ${databaseUs.toFixed(1)} µs in Postgres; ` +
    `failures ${await service.metric('ingest_failures_total')}`
  );
}

/** CPU seconds of this machine's Postgres processes, the ended ones included as their parent has them; Linux only. */
function postgresCpuSeconds(): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (!stat.includes('(postgres)')) continue;
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime, stime, cutime, cstime: fields 14 to 17 of proc(5).
      ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      // It has ended since.
    }
  }
  return ticks / 100;
}
