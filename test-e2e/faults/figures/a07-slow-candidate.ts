import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { Strategy } from '@switchyard/contracts/routing';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const CANDIDATES = ['a', 'b', 'c', 'd', 'e'];
const SLOW = 'c';
const USUAL_MS = 200;
const SLOW_MS = 10 * USUAL_MS;
const REQUESTS = 4_000;
const CONCURRENCY = 16;
const MOST_SHARE = 0.03;

/** Counted at the providers, from the first request on: how slow it is must be found out, and now and then again. */
export const a7: Figure = {
  id: 'A7',
  what: `one of ${CANDIDATES.length} candidates is 10 × slower (${SLOW_MS} ms); ${REQUESTS} requests under \`latency\``,
  promised: 'it gets ≤3 % of the traffic',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      providers: CANDIDATES,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setLatency('*', { firstTokenMs: USUAL_MS });
    await control.setLatency(SLOW, { firstTokenMs: SLOW_MS });
    await ask(started.clients[0] as SwitchyardClient);
    const { providers } = await control.stats();
    const calls = CANDIDATES.map((id) => providers[id]?.received ?? 0);
    const all = calls.reduce((sum, count) => sum + count, 0);
    const share = (providers[SLOW]?.received ?? 0) / all;
    return {
      measured: `${(share * 100).toFixed(2)} % of ${all} calls (${CANDIDATES.map((id, i) => `${id} ${calls[i]}`).join(', ')})`,
      held: all >= REQUESTS && share <= MOST_SHARE,
    };
  },
};

async function ask(client: SwitchyardClient): Promise<void> {
  let left = REQUESTS;
  const work = async () => {
    while (left-- > 0)
      await client.complete({ ...textRequest('sim-fast', `Question ${left}`), strategy: Strategy.LATENCY });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}
