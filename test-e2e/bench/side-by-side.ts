import { cpus } from 'node:os';
import { startTestFleet } from '../support/test-fleet.ts';
import { type Measured, measure } from './measure.ts';
import type { Target } from './target.ts';
import { direct, portkey, switchyardGrpc, switchyardHttp } from './targets.ts';

/**
 * `npm run bench`: the same request to the provider directly, through Switchyard by HTTP and gRPC, and through Portkey
 * Gateway, side by side: in turn, several rounds, so that the machine's moods reach all alike. Switchyard runs with
 * everything on: keys checked, decisions stored, every attempt held and settled in the outbox and booked in the ledger.
 */
const ROUNDS = 5;
const AMOUNT = { requests: 4_000, concurrency: 32 };
const WARM_UP = { requests: 3_000, concurrency: 32 };

await using started = await startTestFleet({ logLevel: 'warn' });
const options = { started, connections: AMOUNT.concurrency };
const targets: Target[] = [
  direct(options),
  switchyardHttp(options),
  switchyardGrpc(options),
  await portkey(options),
];
const results = new Map<string, Measured[]>(targets.map(({ name }) => [name, []]));

for (const target of targets) await measure(target, WARM_UP);
for (let round = 1; round <= ROUNDS; round++) {
  for (const target of targets) {
    results.get(target.name)?.push(await measure(target, AMOUNT));
    process.stderr.write(`round ${round} of ${ROUNDS}: ${target.name}\n`);
  }
}
for (const target of targets) await target[Symbol.asyncDispose]();
process.stdout.write(report());

function report(): string {
  const head = `${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}, ${AMOUNT.concurrency} connections, median of ${ROUNDS} rounds of ${AMOUNT.requests} requests\n\n`;
  const lines = [...results].map(([name, measured]) => {
    const cpu = median(measured.map(({ cpuUsPerRequest }) => cpuUsPerRequest ?? Number.NaN));
    return `| ${name} | ${Math.round(median(measured.map(({ requestsPerSecond }) => requestsPerSecond)))} | ${Number.isNaN(cpu) ? '–' : Math.round(cpu)} | ${median(measured.map(({ p50Ms }) => p50Ms)).toFixed(1)} | ${median(measured.map(({ p99Ms }) => p99Ms)).toFixed(1)} |`;
  });
  return `${head}| target | requests/s | CPU µs per request | p50 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |\n${lines.join('\n')}\n`;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
