import { readdirSync } from 'node:fs';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const LIMIT_MS = 2_000;
const OFF = 0.1;
const ROUNDS = 3;
const AT_ONCE = 16;
/** The breaker opens; only what is asked before it does waits for the limit. */
const TRIES = { allowed: false };

/** The provider's process is stopped, as a machine is that hangs: its kernel still takes connections. */
export const a11: Figure = {
  id: 'A11',
  what: `the provider's process is stopped; time limit of ${LIMIT_MS} ms to the first token`,
  promised: 'time limit ±10 %; 0 leaked descriptors',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: ['primary'],
      processEnv: {
        'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
        routing: { ROUTING_FIRST_TOKEN_TIMEOUT_MS: String(LIMIT_MS) },
      },
    });
    const { fleet } = started;
    const [client] = started.clients as [SwitchyardClient];
    const routing = fleet.process('routing');
    const simulator = fleet.process('simulator');
    await askAll(client);
    const before = descriptorsOf(routing.pid);
    await simulator.kill('SIGSTOP');
    const timesMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) timesMs.push(...(await askAll(client)));
    await simulator.kill('SIGCONT');
    // Connections to a stopped provider are closed by the limits; those of usual answers are kept for a while.
    const leaked = await waitFor(
      async () => descriptorsOf(routing.pid) - before,
      (more) => more <= 0,
    );
    const waited = timesMs.filter((ms) => ms > LIMIT_MS / 2);
    const worst = Math.max(...waited.map((ms) => Math.abs(ms - LIMIT_MS) / LIMIT_MS));
    return {
      measured: `${waited.length} waited, off by ≤${(worst * 100).toFixed(1)} %; ${Math.max(0, leaked)} descriptors more than before`,
      held: waited.length > 0 && worst <= OFF && leaked <= 0,
    };
  },
};

/** How long each of some requests at once took, in milliseconds. */
const askAll = (client: SwitchyardClient): Promise<number[]> =>
  Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const startedMs = performance.now();
      const request = { ...textRequest('sim-fast', 'hello'), failover: TRIES };
      await readAll(client, request).catch(() => undefined);
      return performance.now() - startedMs;
    }),
  );

async function readAll(
  client: SwitchyardClient,
  request: Parameters<SwitchyardClient['stream']>[0],
): Promise<void> {
  for await (const _ of client.stream(request));
}

const descriptorsOf = (pid: number | undefined): number => readdirSync(`/proc/${pid}/fd`).length;
