import { setTimeout as sleep } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { textRequest } from '@switchyard/client';
import { CompleteRequest, InferenceServiceClient } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { callUnary } from '@switchyard/service-kit';
import { Pool } from 'undici';
import { processMetrics } from '../support/process-metrics.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { at } from './measure.ts';
import { CHAT_BODY, MODEL, PROMPT } from './target.ts';

/**
 * `npm run bench -- concurrent`: so many requests opened at once at one replica, by each door, while the provider takes its time; each
 * must be answered, or refused by a limit that says so. Caller, provider and the whole installation share this machine, and a
 * process its file descriptors: by HTTP each request takes one for its caller and one for the provider.
 */
const REQUESTS = 10_000;
const ANSWER_MS = { kind: 'uniform', minMs: 2_000, maxMs: 5_000 } as const;
const TIMEOUT_MS = 120_000;
/** Callers by gRPC; a connection has at most 4,096 streams. */
const CHANNELS = 4;
const LOOK_MS = 250;
const MB = 1_000_000;

await using started = await startTestFleet({
  providers: ['primary'],
  processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
});
const control = new SimulatorControl(started.fleet.simulatorUrl);
await control.setLatency('primary', { firstTokenMs: ANSWER_MS });
process.stdout.write(`| door | answered | refused | failed otherwise | held at once | p50 s | p99 s | RSS before, most, after MB |
| --- | --- | --- | --- | --- | --- | --- | --- |\n`);
process.stdout.write(await rowOf('HTTP', openHttp(started)));
process.stdout.write(await rowOf('gRPC', openGrpc(started)));

/** How a request ended: "answered", or the reason of its refusal. */
type Ask = () => Promise<string>;

interface Door extends AsyncDisposable {
  readonly ask: Ask;
}

async function rowOf(name: string, opened: Door): Promise<string> {
  await using door = opened;
  const routing = started.fleet.process('routing');
  await door.ask();
  const { rssBytes: before } = await processMetrics(routing);
  const watch = new AbortController();
  const most = mostOf(watch.signal);
  const tookMs: number[] = [];
  const ends = await Promise.all(
    Array.from({ length: REQUESTS }, async () => {
      const begunMs = performance.now();
      const end = await door.ask();
      tookMs.push(performance.now() - begunMs);
      return end;
    }),
  );
  watch.abort();
  const { rssBytes, active } = await most;
  await sleep(ANSWER_MS.maxMs);
  const { rssBytes: after } = await processMetrics(routing);
  const counts = Map.groupBy(ends, (end) => end);
  const sizeOf = (end: string) => counts.get(end)?.length ?? 0;
  const others = [...counts].filter(([end]) => end !== 'answered' && end !== 'TOO_MANY_REQUESTS');
  const failed = others.map(([end, all]) => `${all.length} ${end}`).join(', ') || '0';
  tookMs.sort((a, b) => a - b);
  const seconds = (share: number) => (at(tookMs, share) / 1_000).toFixed(1);
  const memory = [before, rssBytes, after].map((bytes) => (bytes / MB).toFixed(0)).join(', ');
  return `| ${name} | ${sizeOf('answered')} | ${sizeOf('TOO_MANY_REQUESTS')} | ${failed} | ${active} | ${seconds(0.5)} | ${seconds(0.99)} | ${memory} |\n`;
}

/** The most memory and requests under way that are seen until the signal. */
async function mostOf(signal: AbortSignal): Promise<{ readonly rssBytes: number; readonly active: number }> {
  const most = { rssBytes: 0, active: 0 };
  while (!signal.aborted) {
    const { rssBytes, activeRequests } = await processMetrics(started.fleet.process('routing'));
    most.rssBytes = Math.max(most.rssBytes, rssBytes);
    most.active = Math.max(most.active, activeRequests);
    await sleep(LOOK_MS);
  }
  return most;
}

function openHttp({ fleet }: TestFleet): Door {
  const pool = new Pool(fleet.httpUrl, {
    connections: REQUESTS,
    pipelining: 1,
    headersTimeout: TIMEOUT_MS,
    connect: { timeout: TIMEOUT_MS },
  });
  const headers = { authorization: `Bearer ${fleet.apiKey}`, 'content-type': 'application/json' };
  return {
    async ask() {
      try {
        const path = '/v1/chat/completions';
        const { statusCode, body } = await pool.request({ path, method: 'POST', headers, body: CHAT_BODY });
        await body.dump();
        if (statusCode === 429) return 'TOO_MANY_REQUESTS';
        return statusCode === 200 ? 'answered' : `HTTP ${statusCode}`;
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

function openGrpc({ fleet }: TestFleet): Door {
  const clients = Array.from(
    { length: CHANNELS },
    () =>
      new InferenceServiceClient(fleet.grpcAddress, credentials.createInsecure(), {
        'grpc.use_local_subchannel_pool': 1,
      }),
  );
  const request = CompleteRequest.fromPartial(textRequest(MODEL, PROMPT));
  const target = { address: fleet.grpcAddress, apiKey: fleet.apiKey };
  let next = 0;
  return {
    ask() {
      const client = clients[next++ % CHANNELS] as InferenceServiceClient;
      const method = client.complete.bind(client);
      return callUnary({ method, request, target, timeoutMs: TIMEOUT_MS }).then(
        () => 'answered',
        ({ reason }: ServiceError) => reason,
      );
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.close();
    },
  };
}
