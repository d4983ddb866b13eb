import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { RequestPriority } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { runLoad } from '../../support/run-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const AT_ONCE = 16;
const ANSWER_MS = 400;
const PEAK_REQUESTS = 600;
const OVERLOAD_MS = 60_000;
const TIMES = 3;
const TICK_MS = 10;
const LEAST_GOODPUT = 0.8;
const MOST_REFUSAL_MS = 50;

/** Peak is what as many callers as are let in get; then requests arrive at three times that rate, whoever is refused or not. */
export const a6: Figure = {
  id: 'A6',
  what: `3 × overload, 60 s: ${AT_ONCE} requests at once are let in, in equal parts high, normal and low`,
  promised: 'goodput ≥80 % of peak; refusals p99 ≤50 ms',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: ['primary'],
      processEnv: {
        routing: {
          ROUTING_MAX_CONCURRENT_REQUESTS: String(AT_ONCE),
          ROUTING_MAX_QUEUED_REQUESTS: String(AT_ONCE),
        },
        'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
      },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setLatency('primary', { firstTokenMs: ANSWER_MS });
    const [client] = started.clients as [SwitchyardClient];
    const begunMs = performance.now();
    await runLoad({ clients: [client], requests: PEAK_REQUESTS, concurrency: AT_ONCE });
    const peak = PEAK_REQUESTS / (performance.now() - begunMs);
    const { answered, refusedMs, others, high } = await overload(client, peak * TIMES);
    const goodput = answered / OVERLOAD_MS / peak;
    refusedMs.sort((a, b) => a - b);
    const p99Ms = refusedMs[Math.ceil(refusedMs.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
    return {
      measured: `goodput ${(goodput * 100).toFixed(0)} % of ${(peak * 1_000).toFixed(0)}/s, ${(high * 100).toFixed(0)} % of high answered; ${refusedMs.length} refusals, p99 ${p99Ms.toFixed(1)} ms; ${others} other failures`,
      held: goodput >= LEAST_GOODPUT && p99Ms <= MOST_REFUSAL_MS && others === 0,
    };
  },
};

const PRIORITIES = [RequestPriority.HIGH, RequestPriority.NORMAL, RequestPriority.LOW];

/** Sends requests at a rate (a millisecond), however many are under way. */
async function overload(client: SwitchyardClient, perMs: number) {
  const refusedMs: number[] = [];
  let [answered, others, sent, highAnswered] = [0, 0, 0, 0];
  const ask = async (priority: RequestPriority) => {
    const begunMs = performance.now();
    try {
      await client.complete({ ...textRequest('sim-fast', 'hello'), priority });
      answered++;
      if (priority === RequestPriority.HIGH) highAnswered++;
    } catch (error) {
      if ((error as ServiceError).reason === 'TOO_MANY_REQUESTS') refusedMs.push(performance.now() - begunMs);
      else others++;
    }
  };
  const asked: Promise<void>[] = [];
  const begunMs = performance.now();
  for (;;) {
    const elapsedMs = performance.now() - begunMs;
    if (elapsedMs >= OVERLOAD_MS) break;
    for (; sent < elapsedMs * perMs; sent++) asked.push(ask(PRIORITIES[sent % 3] as RequestPriority));
    await sleep(TICK_MS);
  }
  await Promise.all(asked);
  return { answered, refusedMs, others, high: highAnswered / (sent / 3) };
}
