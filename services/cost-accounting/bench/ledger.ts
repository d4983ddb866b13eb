// Measures the ledger: `npm run bench -- ledger [entries]`, default 1,000,000. Fills a month of 100 tenants, then times roll-ups, summaries
// and statements, and tells what an entry takes on disk; before that, ingest of a fifth of it, at most 200,000.
import { SharedCosts, StatementFormat } from '@switchyard/contracts/cost';
import { startNats, startPostgres } from '@switchyard/testkit/servers';
import { LedgerDatabase } from '../tests/fixture/ledger-database.ts';
import { runForTest } from '../tests/fixture/run-service.ts';
import { fillLedger } from './fill-ledger.ts';
import { measureIngest } from './measure-ingest.ts';

const DAY_MS = 24 * 3_600_000;
const TRIES = 7;
const entries = Number(process.argv.at(-1) ?? '') || 1_000_000;

await using nats = await startNats();
await using postgres = await startPostgres();
await using database = await LedgerDatabase.create(postgres.url);

await using ingested = await startPostgres();
process.stdout.write(
  `${await measureIngest({
    natsUrl: nats.url,
    postgresUrl: ingested.url,
    records: Math.min(200_000, entries / 5),
    outboxes: 2,
  })}\n`,
);

const now = new Date();
const startMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
const period = { startTime: new Date(startMs), endTime: new Date(endMs) };
const days = Array.from({ length: (endMs - startMs) / DAY_MS }, (_, i) =>
  new Date(startMs + i * DAY_MS).toISOString().slice(0, 10),
);

const say = (text: string) => process.stdout.write(`${text}\n`);
const timed = async <T>(run: () => Promise<T>): Promise<{ ms: number; value: T }> => {
  const atMs = performance.now();
  const value = await run();
  return { ms: performance.now() - atMs, value };
};
const until = async (done: () => Promise<boolean>) => {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 100));
};

const filled = await timed(() => fillLedger(database, { entries, days }));
say(
  `${entries} entries filled in, ${Math.round(entries / (filled.ms / 1_000))}/s, with ${await database.count('rollup_parts')} parts`,
);
await using service = await runForTest({
  natsUrl: nats.url,
  prefix: 'bench-ledger',
  roleUrl: database.roleUrl,
});
const folded = await timed(() => until(async () => (await database.count('rollup_parts')) === 0));
say(
  `folded in ${(folded.ms / 1_000).toFixed(1)} s into ${await database.count('rollup_days')} rows of days, ${await database.count('rollup_hours')} of hours`,
);
const sealed = await timed(() => until(async () => (await database.count('ledger_seals')) === days.length));
say(`${days.length} days sealed ${(sealed.ms / 1_000).toFixed(1)} s later`);
await database.rows('VACUUM (ANALYZE)');
await sayBytes();

const installation = service.as('installation');
const questions = {
  'in all': {},
  'by provider and model': { groupBy: ['provider', 'model'] },
  'by day': { groupBy: ['day'] },
  'by hour': { groupBy: ['hour'] },
  'by tenant and agent': { groupBy: ['tenant', 'agent'] },
  'by team': { groupBy: ['label:team'] },
};
for (const [name, question] of Object.entries(questions)) {
  const took = [];
  for (let i = 0; i < TRIES; i++)
    took.push((await timed(() => installation.summary({ ...period, ...question, allTenants: true }))).ms);
  say(`month's summary ${name}: median ${median(took)} ms, slowest ${Math.max(...took).toFixed(0)} ms`);
}
for (const [name, format] of Object.entries({
  CSV: StatementFormat.CSV,
  JSON: StatementFormat.JSON,
  FOCUS: StatementFormat.FOCUS,
  PDF: StatementFormat.PDF,
})) {
  const request = {
    ...period,
    allTenants: true,
    format,
    teamBy: 'service',
    sharedCosts: SharedCosts.PROPORTIONAL,
  };
  const { ms, value } = await timed(() => installation.statements(request));
  say(
    `statements of 100 tenants, ${name}: ${ms.toFixed(0)} ms, ${(value.length / 1_024 / 1_024).toFixed(1)} MiB`,
  );
}

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN).toFixed(0);
}

async function sayBytes(): Promise<void> {
  const rows = await database.rows<{ name: string; bytes: string; indexes: string }>(
    `SELECT CASE WHEN relname LIKE 'ledger\\_2%' THEN 'the ledger' ELSE relname END AS name,
       sum(pg_total_relation_size(oid)) AS bytes, sum(pg_indexes_size(oid)) AS indexes
     FROM pg_class WHERE relnamespace = 'cost_accounting'::regnamespace AND relkind = 'r'
       AND (relname LIKE 'ledger\\_2%' OR relname LIKE 'rollup%') GROUP BY 1 ORDER BY 2 DESC`,
  );
  for (const { name, bytes, indexes } of rows)
    say(
      `${name}: ${(Number(bytes) / entries).toFixed(1)} bytes an entry, ${(Number(indexes) / entries).toFixed(1)} of them indexes`,
    );
}
