import { cpus } from 'node:os';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { CacheUse, type CompleteResponse, cacheResultName } from '@switchyard/contracts/routing';
import { formatUsd } from '@switchyard/kernel';
import { startTestFleet } from '../support/test-fleet.ts';
import { readWorkload, type TracedRequest } from './cache-workload.ts';
import { measure } from './measure.ts';
import { MODEL } from './target.ts';
import { switchyardCached } from './targets.ts';

/**
 * `npm run bench -- cache`: a workload from a real trace, four out of five requests a repeat, through one replica; then each question once
 * at a second replica, which has only Redis to know them from. Everything else is on, as in the other benchmarks.
 */
const CONCURRENCY = 4;

await using started = await startTestFleet({ logLevel: 'warn', routingReplicas: 2, answerTokens: 64 });
const [first, second] = started.clients as [SwitchyardClient, SwitchyardClient];
const workload = readWorkload();
const distinct = [...new Map(workload.map((request) => [request.question, request])).values()];

// Both replicas meet other questions first, new ones and repeats: what is measured is the cache, not a cold process.
for (const [name, client] of Object.entries({ first, second }))
  await askAll(
    client,
    workload.map((request) => ({ ...request, prompt: `Warm-up of the ${name}: ${request.prompt}` })),
  );
const atFirst = await askAll(first, workload);
const atSecond = await askAll(second, distinct);
const cpu = await cpuPerHit();
process.stdout.write(report());

/** CPU of the service for each hit by HTTP, in microseconds. */
async function cpuPerHit(): Promise<number> {
  await using target = switchyardCached({ started, connections: CONCURRENCY });
  await measure(target, { requests: 3_000, concurrency: CONCURRENCY });
  const { cpuUsPerRequest } = await measure(target, { requests: 10_000, concurrency: CONCURRENCY });
  return cpuUsPerRequest ?? Number.NaN;
}

interface Asked {
  readonly result: string;
  /** From the arrival of the request to the end of its answer, as the service tells it. */
  readonly serverMs: number;
  readonly clientMs: number;
  readonly costNanoUsd: bigint;
  readonly savedNanoUsd: bigint;
}

async function askAll(client: SwitchyardClient, requests: readonly TracedRequest[]): Promise<Asked[]> {
  const asked: Asked[] = [];
  const left = requests.values();
  const work = async () => {
    for (const { prompt, maxOutputTokens } of left) {
      const startedAtMs = performance.now();
      const answer = await client.complete({
        ...textRequest(MODEL, prompt),
        sampling: { maxOutputTokens },
        cache: { use: CacheUse.ON },
      });
      asked.push(told(answer, performance.now() - startedAtMs));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return asked;
}

function told({ cache, timings, cost }: CompleteResponse, clientMs: number): Asked {
  const total = timings?.total;
  return {
    result: cacheResultName(cache?.result ?? 0) ?? 'none',
    serverMs: Number(total?.seconds ?? 0n) * 1_000 + (total?.nanos ?? 0) / 1e6,
    clientMs,
    costNanoUsd: cost?.totalNanoUsd ?? 0n,
    savedNanoUsd: cache?.savedNanoUsd ?? 0n,
  };
}

function report(): string {
  const hits = atFirst.filter(({ result }) => result !== 'miss').length;
  const repeats = 1 - distinct.length / workload.length;
  const cost = sum(atFirst.map(({ costNanoUsd }) => costNanoUsd));
  const saved = sum(atFirst.map(({ savedNanoUsd }) => savedNanoUsd));
  return [
    `${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version}, ${CONCURRENCY} requests at once`,
    `${workload.length} requests, ${percent(repeats)} of them repeats: ${percent(hits / workload.length)} hits`,
    `charged ${formatUsd(cost)} USD, saved ${formatUsd(saved)} USD (${percent(Number(saved) / Number(cost + saved))})`,
    `${Math.round(cpu)} µs of CPU for each hit by HTTP, everything on`,
    '',
    '| answered from | requests | service p50 ms | service p99 ms | client p50 ms | client p99 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    row('memory (hit-l1)', atFirst, 'hit-l1'),
    row('one under way (joined)', atFirst, 'joined'),
    row('Redis (hit-l2), second replica', atSecond, 'hit-l2'),
    row('provider (miss)', atFirst, 'miss'),
    row('provider (miss), second replica', atSecond, 'miss'),
    '',
  ].join('\n');
}

function row(name: string, all: readonly Asked[], result: string): string {
  const found = all.filter((one) => one.result === result);
  const figures = [found.map(({ serverMs }) => serverMs), found.map(({ clientMs }) => clientMs)].flatMap(
    (times) => [0.5, 0.99].map((share) => at(times, share)),
  );
  return `| ${name} | ${found.length} | ${figures.join(' | ')} |`;
}

function at(times: readonly number[], share: number): string {
  const found = times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1];
  return found === undefined ? '–' : found.toFixed(2);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
