import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const CALLERS = 64;
const BURST = 50;
const PER_MINUTE = 1_200;
const PER_MS = PER_MINUTE / 60_000;
const ASKED_MS = 20_000;
/** Of what the limit allows: else nothing would be shown by keeping to it. */
const LEAST_USED = 0.9;

/** Counted at the provider: no call may come before the limit allows it, from the first moment on. */
export const a8: Figure = {
  id: 'A8',
  what: `a token bucket of ${BURST} calls and ${PER_MINUTE} a minute; ${CALLERS} callers, 2 replicas, ${ASKED_MS / 1_000} s`,
  promised: '≤ burst + rate · t, exactly',
  async measure() {
    await using started = await startTestFleet({
      providers: [
        {
          id: 'primary',
          format: 'openai-chat',
          limits: { requestsPerMinute: PER_MINUTE, burstRequests: BURST },
        },
      ],
      routingReplicas: 2,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const begunAtMs = Date.now();
    const callers = Array.from({ length: CALLERS }, (_, i) =>
      askOnAndOn(started.clients[i % started.clients.length] as SwitchyardClient, begunAtMs + ASKED_MS),
    );
    await Promise.all(callers);
    const attempts = await new SimulatorControl(started.fleet.simulatorUrl).attempts();
    const arrivals = attempts.map(({ startedAtUnixMs }) => startedAtUnixMs).sort((a, b) => a - b);
    const above = arrivals.map((atMs, i) => i + 1 - (BURST + PER_MS * (atMs - begunAtMs)));
    const most = Math.max(...above);
    const allowed = BURST + PER_MS * ASKED_MS;
    return {
      measured: `${arrivals.length} of ${allowed} calls; the closest to the bound stayed ${(-most).toFixed(1)} calls below it`,
      held: most <= 0 && arrivals.length >= LEAST_USED * allowed,
    };
  },
};

async function askOnAndOn(client: SwitchyardClient, endAtMs: number): Promise<void> {
  while (Date.now() < endAtMs) {
    try {
      await client.complete(textRequest('sim-fast', 'hello'));
    } catch {
      // Refused by the limit: asked again at once.
      await sleep(5);
    }
  }
}
