import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { Timings } from '@switchyard/contracts/routing';
import type { RunningFleet } from '@switchyard/deploy';
import type { ServiceError } from '@switchyard/kernel';
import { connectRedis, createLogger } from '@switchyard/service-kit';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const CALLERS = 8;
const ROUNDS = 7;
const PHASE_MS = 3_000;
/** After Redis is back: until replicas share again. */
const SETTLE_MS = 2_000;
const MOST_ADDED_MS = 20;

/**
 * Requests take from limits that replicas share all the time, before they are sent: whatever Redis costs is in Switchyard's own part of
 * their time, which is what is measured; caller and provider share the machine. Each round has a calm phase and one of each fault, and compares them
 * with one another: what else the machine does meets both alike, and the median of the rounds leaves a single disturbance out.
 */
export const a20: Figure = {
  id: 'A20',
  what: `Redis killed, then started again and emptied by FLUSHALL; 2 replicas with shared limits, ${ROUNDS} rounds of ${PHASE_MS / 1_000} s each`,
  promised: '+≤20 ms (p99 of its own part, median of the rounds), 0 failed; budgets do not stand on Redis',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: [
        {
          id: 'primary',
          format: 'openai-chat',
          limits: { requestsPerMinute: 600_000, tokensPerMinute: 60_000_000, concurrentRequests: 1_000 },
        },
      ],
      routingReplicas: 2,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { clients, fleet } = started;
    await phase(clients);
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await roundOf(clients, fleet.servers.redis));
    const failures = rounds.flatMap((round) => Object.values(round).flatMap((phase) => phase.failures));
    const added = (fault: 'killed' | 'flushed') =>
      median(rounds.map((round) => round[fault].p99Ms - round.calm.p99Ms));
    const calmMs = median(rounds.map(({ calm }) => calm.p99Ms));
    const [killedMs, flushedMs] = [added('killed'), added('flushed')];
    return {
      measured:
        `p99 calm ${calmMs.toFixed(1)} ms, killed ${signed(killedMs)} ms, flushed ${signed(flushedMs)} ms; ${failures.length} failed ${[...new Set(failures)].join(', ')}`.trimEnd(),
      held: failures.length === 0 && Math.max(killedMs, flushedMs) <= MOST_ADDED_MS,
    };
  },
};

interface Round {
  readonly calm: Phase;
  readonly killed: Phase;
  readonly flushed: Phase;
}

async function roundOf(
  clients: readonly SwitchyardClient[],
  redis: RunningFleet['servers']['redis'],
): Promise<Round> {
  const calm = await phase(clients);
  const killed = await phase(clients, () => redis.kill('SIGKILL'));
  await redis.restart();
  await sleep(SETTLE_MS);
  return { calm, killed, flushed: await phase(clients, () => flush(redis.url)) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const signed = (ms: number): string => `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(1)}`;

interface Phase {
  readonly p99Ms: number;
  /** Their reasons. */
  readonly failures: readonly string[];
}

/** Asks for a while; the fault strikes in the middle of the first second. */
async function phase(
  clients: readonly SwitchyardClient[],
  fault: () => Promise<unknown> = async () => undefined,
): Promise<Phase> {
  const took: number[] = [];
  const failures: string[] = [];
  const endMs = performance.now() + PHASE_MS;
  const ask = async (client: SwitchyardClient) => {
    while (performance.now() < endMs) {
      try {
        const { timings } = await client.complete(textRequest('sim-fast', 'hello'));
        took.push(millisecondsOf(timings?.overhead));
      } catch (error) {
        const { reason, publicMessage } = error as ServiceError;
        failures.push(`${reason}: ${publicMessage}`);
      }
      // Well below what two cores can carry: else it is their load that is measured.
      await sleep(10);
    }
  };
  const callers = Array.from({ length: CALLERS }, (_, i) =>
    ask(clients[i % clients.length] as SwitchyardClient),
  );
  await Promise.all([...callers, sleep(500).then(fault)]);
  took.sort((a, b) => a - b);
  return { p99Ms: took[Math.ceil(took.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY, failures };
}

const millisecondsOf = (duration: NonNullable<Timings['overhead']> | undefined): number =>
  duration === undefined ? Number.NaN : Number(duration.seconds) * 1_000 + duration.nanos / 1e6;

async function flush(url: string): Promise<void> {
  const log = createLogger({ service: 'test', level: 'silent' });
  const redis = connectRedis({ url, name: 'flush', commandTimeoutMs: 5_000, log });
  try {
    await waitFor(
      async () => redis.isConnected,
      (isConnected) => isConnected,
    );
    await redis.client.flushall();
  } finally {
    redis.close();
  }
}
