import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@switchyard/kernel';
import { startTestFleet } from '../support/test-fleet.ts';
import { at, measure } from './measure.ts';
import type { Target } from './target.ts';
import { direct, portkey, switchyardCached, switchyardGrpc, switchyardHttp } from './targets.ts';

/**
 * `npm run bench -- latency`: what a way adds to the provider's own latency at half of the rate that it can take. Each way is first asked as
 * fast as it answers; then requests arrive by chance at half of that rate, whatever becomes of those before (what waits for others waits), and
 * the provider directly gets the same arrivals.
 */
const CONNECTIONS = 128;
const WARM_UP = { requests: 15_000, concurrency: 32 };
const SATURATED = { requests: 10_000, concurrency: CONNECTIONS };
const SECONDS = 10;
const ROUNDS = 3;

await using stack = new AsyncDisposableStack();
const started = stack.use(await startTestFleet({ logLevel: 'warn' }));
const options = { started, connections: CONNECTIONS };
const provider = stack.use(direct(options));
const ways: readonly Target[] = [
  stack.use(switchyardHttp(options)),
  stack.use(switchyardGrpc(options)),
  stack.use(switchyardCached(options)),
  stack.use(await portkey(options)),
];
for (const target of [provider, ...ways]) await measure(target, WARM_UP);
say(`Medians of ${ROUNDS} rounds of ${SECONDS} s.\n`);
say('| at half of saturation | requests/s | p50 ms | p99 ms | added p50 ms | added p99 ms |');
say('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const way of ways) {
  const { requestsPerSecond } = await measure(way, SATURATED);
  const rate = requestsPerSecond / 2;
  const seen: Figures[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await arrive(provider, { rate, round });
    const through = await arrive(way, { rate, round });
    seen.push({ ...through, addedP50: through.p50 - alone.p50, addedP99: through.p99 - alone.p99 });
  }
  const cells = (['p50', 'p99', 'addedP50', 'addedP99'] as const).map((name) =>
    medianOf(seen, name).toFixed(2),
  );
  say(`| ${way.name} | ${rate.toFixed(0)} | ${cells.join(' | ')} |`);
}

/** Milliseconds. */
interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

interface Figures extends Latencies {
  readonly addedP50: number;
  readonly addedP99: number;
}

/** Requests at a rate per second, the pauses between them exponentially distributed. A request's time begins when it was due. */
async function arrive(
  target: Target,
  { rate, round }: { readonly rate: number; readonly round: number },
): Promise<Latencies> {
  const random = seededRandom(BigInt(round));
  const latenciesMs: number[] = [];
  const underWay: Promise<void>[] = [];
  const endMs = performance.now() + SECONDS * 1_000;
  for (let dueMs = performance.now(); dueMs < endMs; dueMs += (-Math.log(1 - random()) * 1_000) / rate) {
    // A timer may fire before its time.
    for (let leftMs = dueMs - performance.now(); leftMs > 0; leftMs = dueMs - performance.now())
      await sleep(leftMs);
    underWay.push(target.ask().then(() => void latenciesMs.push(performance.now() - dueMs)));
  }
  await Promise.all(underWay);
  latenciesMs.sort((a, b) => a - b);
  return { p50: at(latenciesMs, 0.5), p99: at(latenciesMs, 0.99) };
}

function medianOf(seen: readonly Figures[], name: keyof Figures): number {
  const figures = seen.map((one) => one[name]).sort((a, b) => a - b);
  return at(figures, 0.5);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
