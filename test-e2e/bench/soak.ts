import { setTimeout as sleep } from 'node:timers/promises';
import { processMetrics } from '../support/process-metrics.ts';
import { loadByGrpc, loadByHttp } from '../support/rolling-load.ts';
import { startTestFleet } from '../support/test-fleet.ts';
import { type Point, slopePerHour } from './soak/slope.ts';

/**
 * `npm run bench -- soak [minutes]`, 120 without: a steady load by HTTP and by gRPC, and by how much each process's memory grows
 * meanwhile. The first quarter does not count: code is compiled and caches are filled in it. Of the heap each minute's least counts,
 * which is what is left where most garbage has just gone.
 */
const MOST_MINUTES = 24 * 60;
const CONCURRENCY = 4;
const LOOK_MS = 1_000;
const MINUTE_MS = 60_000;
const MB = 1_000_000;
/** A23 in percent an hour. */
const PROMISED = 1;

const [, minutesText = '120'] = process.argv.slice(2);
const minutes = Number(minutesText);
if (!(minutes > 0 && minutes <= MOST_MINUTES))
  throw new RangeError(`minutes must be a number above 0, ${MOST_MINUTES} at most`);

interface Memory {
  readonly rss: Point[];
  /** The least of each minute. */
  readonly heap: Point[];
}

await using started = await startTestFleet({ logLevel: 'warn' });
const { fleet } = started;
const watched = new Map(
  fleet.processes.filter(({ spec }) => spec.opsUrl !== undefined).map((one) => [one, emptyMemory()]),
);
const startedAtMs = performance.now();
/** A process that is too busy to tell of itself is looked at again a second later. */
let missedLooks = 0;
const loads = [loadByHttp(fleet, CONCURRENCY), loadByGrpc(fleet, CONCURRENCY)];
try {
  while (performance.now() - startedAtMs < minutes * MINUTE_MS) {
    await Promise.all([...watched].map(([one, memory]) => look(one, memory)));
    await sleep(LOOK_MS);
  }
} finally {
  await end();
}

function emptyMemory(): Memory {
  return { rss: [], heap: [] };
}

async function look(one: Parameters<typeof processMetrics>[0], { rss, heap }: Memory): Promise<void> {
  const metrics = await processMetrics(one).catch(() => undefined);
  if (metrics === undefined) {
    missedLooks++;
    return;
  }
  const { rssBytes, heapBytes } = metrics;
  const atMs = performance.now() - startedAtMs;
  rss.push({ atMs, value: rssBytes });
  const last = heap.at(-1);
  if (last === undefined || Math.floor(last.atMs / MINUTE_MS) < Math.floor(atMs / MINUTE_MS))
    heap.push({ atMs, value: heapBytes });
  else if (heapBytes < last.value) heap[heap.length - 1] = { atMs: last.atMs, value: heapBytes };
}

/** Ends the load, and tells what was seen. */
async function end(): Promise<void> {
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const outcomes = await Promise.all(loads.map((load) => load.stop()));
  const answered = outcomes.reduce((sum, outcome) => sum + outcome.answered, 0);
  const failures = outcomes.flatMap((outcome) => Object.entries(outcome.failures));
  say(
    `${(seconds / 60).toFixed(1)} minutes, ${answered} answered (${(answered / seconds).toFixed(0)} a second), ` +
      `${failures.reduce((sum, [, count]) => sum + count, 0)} failed, ${missedLooks} looks at processes missed`,
  );
  for (const [text, count] of failures) say(`  ${count} × ${text}`);
  say(
    '\n| process | RSS at a quarter, end MB | RSS % an hour | heap at a quarter, end MB | heap % an hour |',
  );
  say('| --- | --- | ---: | --- | ---: |');
  for (const [{ name }, { rss, heap }] of watched) {
    const cells = [rss, heap].map((points) => points.slice(Math.floor(points.length / 4)));
    say(`| ${name} | ${cells.map(cellsOf).join(' | ')} |`);
  }
  say(`\nA23 promises less than ${PROMISED} % an hour over two hours.`);
}

function cellsOf(points: readonly Point[]): string {
  const megabytes = (point: Point | undefined) => ((point?.value ?? Number.NaN) / MB).toFixed(0);
  const slope = slopePerHour(points);
  return `${megabytes(points[0])}, ${megabytes(points.at(-1))} | ${slope === undefined ? '–' : slope.toFixed(1)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
