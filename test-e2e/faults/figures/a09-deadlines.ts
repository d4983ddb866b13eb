import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { FaultRule } from '@switchyard/testkit/simulator';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const REQUESTS = 400;
const CONCURRENCY = 8;
const DEADLINE_MS = 500;
const MOST_MS = 600;

/** Everything that takes time: silence before and inside of answers, failures that are tried again, and slow bytes. */
const RULES: readonly FaultRule[] = [
  { probability: 0.25, fault: { type: 'stall' } },
  { probability: 0.25, fault: { type: 'stall', afterChunks: 1 } },
  { probability: 0.25, fault: { type: 'slow-bytes', bytesPerSecond: 100 } },
  { fault: { type: 'status', status: 503 } },
];

/** Times are the caller's; what starts after a deadline would be seen at the provider. */
export const a9: Figure = {
  id: 'A9',
  what: `deadlines of ${DEADLINE_MS} ms; ${REQUESTS} requests, whole and streamed, to providers that stall, trickle or fail`,
  promised: `everything ends ≤${MOST_MS} ms; nothing starts after`,
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setFaults('*', RULES);
    const [client] = started.clients as [SwitchyardClient];
    const longestMs = await longestOf(client);
    const endedAtMs = Date.now();
    // What is under way at providers ends with its request; anything new would be a call that nobody waits for.
    await new Promise((resolve) => setTimeout(resolve, 2 * DEADLINE_MS));
    const late = (await control.attempts()).filter(({ startedAtUnixMs }) => startedAtUnixMs > endedAtMs);
    return {
      measured: `the longest took ${longestMs.toFixed(0)} ms; ${late.length} calls started after`,
      held: longestMs <= MOST_MS && late.length === 0,
    };
  },
};

async function longestOf(client: SwitchyardClient): Promise<number> {
  let longestMs = 0;
  let left = REQUESTS;
  const work = async () => {
    while (left-- > 0) {
      const startedMs = performance.now();
      await (left % 2 === 0 ? readAll(client) : client.complete(question, { timeoutMs: DEADLINE_MS })).catch(
        () => undefined,
      );
      longestMs = Math.max(longestMs, performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return longestMs;
}

const question = textRequest('sim-fast', 'hello');

async function readAll(client: SwitchyardClient): Promise<void> {
  for await (const _ of client.stream(question, { timeoutMs: DEADLINE_MS }));
}
