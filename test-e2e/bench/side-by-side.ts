import { cpus } from 'node:os';
import { startTestFleet } from '../support/test-fleet.ts';
import { type Measured, measure } from './measure.ts';
import { type MeasuredStreams, measureStreams } from './measure-streams.ts';
import { STREAM_TOKENS, type Target } from './target.ts';
import { direct, portkey, switchyardCached, switchyardGrpc, switchyardHttp } from './targets.ts';

/**
 * `npm run bench`: the same request to the provider directly, through Switchyard by HTTP and gRPC, from its cache, and through Portkey
 * Gateway, side by side: in turn, several rounds, so that the machine's moods reach all alike. Switchyard runs with
 * everything on: keys checked, decisions stored, every attempt held and settled in the outbox and booked in the ledger.
 */
const ROUNDS = 3;
const CONNECTIONS = [1, 32, 128, 512];
const REQUESTS = 3_000;
/** One at a time takes longer. */
const REQUESTS_OF_ONE = 1_000;
/** V8 goes on compiling for that long; what it spends on it is not the cost of a request. */
const WARM_UP = { requests: 15_000, concurrency: 32 };
const STREAMS = 32;
/** So many at once before they are measured, for the same reason. */
const WARM_UP_STREAMS = 256;

/** Disposed in the other order, also where a target fails. */
await using stack = new AsyncDisposableStack();
const started = stack.use(await startTestFleet({ logLevel: 'warn', answerTokens: STREAM_TOKENS }));
const options = { started, connections: Math.max(...CONNECTIONS) };
const targets = [
  direct(options),
  switchyardHttp(options),
  switchyardGrpc(options),
  switchyardCached(options),
  await portkey(options),
].map((target) => stack.use(target));
for (const target of targets) await measure(target, WARM_UP);
say(
  `${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}, medians of ${ROUNDS} rounds of ${REQUESTS} requests (one connection: ${REQUESTS_OF_ONE})`,
);
for (const concurrency of CONNECTIONS) {
  const requests = concurrency === 1 ? REQUESTS_OF_ONE : REQUESTS;
  const rounds = await inTurn((target) => measure(target, { requests, concurrency }));
  say(`\n| ${concurrency} connections | requests/s | CPU µs per request | p50 ms | p99 ms | resident MB |`);
  say('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, measured] of rounds) say(rowOf(name, cellsOf(measured)));
}
// An answer from memory has no first token to wait for.
const streaming = targets.filter(({ name }) => !name.endsWith('cached'));
for (const target of streaming) await measureStreams(target, WARM_UP_STREAMS);
const rounds = await inTurn((target) => measureStreams(target, STREAMS), streaming);
say(
  `\n| ${STREAMS} streams at once, ${STREAM_TOKENS} tokens each | first piece p50 ms | p99 ms | pieces/s | CPU µs per piece |`,
);
say('| --- | ---: | ---: | ---: | ---: |');
for (const [name, measured] of rounds) say(rowOf(name, streamCellsOf(measured)));

/** Measures each target in turn, round by round. */
async function inTurn<T>(
  once: (target: Target) => Promise<T>,
  among: readonly Target[] = targets,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const results = new Map<string, T[]>(among.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++)
    for (const target of among) {
      results.get(target.name)?.push(await once(target));
      process.stderr.write(`round ${round} of ${ROUNDS}: ${target.name}\n`);
    }
  return results;
}

function cellsOf(measured: readonly Measured[]): string[] {
  return [
    medianOf(measured, ({ requestsPerSecond }) => requestsPerSecond, 0),
    medianOf(measured, ({ cpuUsPerRequest }) => cpuUsPerRequest, 0),
    medianOf(measured, ({ p50Ms }) => p50Ms, 1),
    medianOf(measured, ({ p99Ms }) => p99Ms, 1),
    medianOf(measured, ({ residentMb }) => residentMb, 0),
  ];
}

function streamCellsOf(measured: readonly MeasuredStreams[]): string[] {
  return [
    medianOf(measured, ({ firstP50Ms }) => firstP50Ms, 1),
    medianOf(measured, ({ firstP99Ms }) => firstP99Ms, 1),
    medianOf(measured, ({ piecesPerSecond }) => piecesPerSecond, 0),
    medianOf(measured, ({ cpuUsPerPiece }) => cpuUsPerPiece, 1),
  ];
}

function rowOf(name: string, cells: readonly string[]): string {
  return `| ${name} | ${cells.join(' | ')} |`;
}

/** "–" where it is not known of each. */
function medianOf<T>(measured: readonly T[], read: (one: T) => number | undefined, digits: number): string {
  const numbers = measured.map(read).filter((number) => number !== undefined);
  if (numbers.length < measured.length) return '–';
  return (numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number).toFixed(digits);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
