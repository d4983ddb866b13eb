import { setTimeout as sleep } from 'node:timers/promises';
import { credentials } from '@grpc/grpc-js';
import { textRequest } from '@switchyard/client';
import { CompleteRequest, InferenceServiceClient } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import { callUnary } from '@switchyard/service-kit';
import { Pool } from 'undici';

/** A load that goes on until it is stopped. */
export interface RollingLoad {
  /** Ends it once what is under way has ended. */
  stop(): Promise<LoadOutcome>;
}

/** What became of the requests. */
export interface LoadOutcome {
  readonly answered: number;
  /** What the failed ones said, and how many said it; empty where none failed. */
  readonly failures: Readonly<Record<string, number>>;
}

const TIMEOUT_MS = 20_000;

function keepAsking(concurrency: number, ask: (number: number) => Promise<void>): RollingLoad {
  let stopped = false;
  let answered = 0;
  let asked = 0;
  const failures = new Map<string, number>();
  const workers = Array.from({ length: concurrency }, async () => {
    while (!stopped) {
      try {
        await ask(asked++);
        answered++;
      } catch (error) {
        const text = `${(error as { code?: string }).code ?? ''} ${(error as Error).message}`;
        failures.set(text, (failures.get(text) ?? 0) + 1);
        // A load that fails all the time would starve what it waits for.
        await sleep(20);
      }
    }
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(workers);
      return { answered, failures: Object.fromEntries(failures) };
    },
  };
}

const routingOf = ({ processes }: RunningFleet) => processes.filter(({ name }) => name.startsWith('routing'));

/** One gRPC client spread over all replicas, as gRPC's own round_robin does it. */
export function loadByGrpc(fleet: RunningFleet, concurrency: number): RollingLoad {
  const addresses = routingOf(fleet).map(({ address }) => address);
  const target = { address: `ipv4:${addresses.join(',')}`, apiKey: fleet.apiKey };
  const client = new InferenceServiceClient(target.address, credentials.createInsecure(), {
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    // A replica that is back has to be found before the next one goes.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 500,
  });
  const method = client.complete.bind(client);
  const load = keepAsking(concurrency, async (number) => {
    const request = CompleteRequest.fromPartial(textRequest('sim-fast', `Question ${number}`));
    await callUnary({ method, request, target, timeoutMs: TIMEOUT_MS });
  });
  return { stop: () => load.stop().finally(() => client.close()) };
}

/** Kept connections to each replica in turn. Like any balancer it goes to the other one where none is accepted. */
export function loadByHttp(fleet: RunningFleet, concurrency: number): RollingLoad {
  const pools = routingOf(fleet).map(({ httpUrl }) => new Pool(httpUrl, { connections: concurrency }));
  const post = async (pool: Pool, number: number): Promise<void> => {
    const { statusCode, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { authorization: `Bearer ${fleet.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'sim-fast',
        messages: [{ role: 'user', content: `Question ${number}` }],
      }),
      headersTimeout: TIMEOUT_MS,
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${text}`);
  };
  const load = keepAsking(concurrency, async (number) => {
    const [first, second] = number % 2 === 0 ? pools : pools.toReversed();
    try {
      await post(first as Pool, number);
    } catch (error) {
      // Nothing was sent: no connection came about, or the kernel took one for a listener that was closed before it did (ECONNRESET).
      if ((error as { syscall?: string }).syscall !== 'connect') throw error;
      await post(second as Pool, number);
    }
  });
  return {
    async stop() {
      const outcome = await load.stop();
      await Promise.all(pools.map((pool) => pool.close()));
      return outcome;
    },
  };
}
