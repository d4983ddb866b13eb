import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { ledgerWith } from '../../support/ledger-rows.ts';
import { compareWithTruth } from '../../support/ledger-truth.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import { UsageBus } from '../../support/usage-bus.ts';
import type { Figure } from '../figure.ts';

const CALLERS = 8;
const PAUSE_MS = 40;
const AWAY_MS = 60_000;
/** Before the stream is deleted, and between that and the kill: events are in it that the ledger has not. */
const CALM_MS = 5_000;
const RECONCILED_MS = 60_000;

/** cost-accounting is down when the stream is deleted, so what was in it is lost for good but for the outboxes. */
export const a17: Figure = {
  id: 'A17',
  what: 'NATS killed for 60 s, and before that the usage stream deleted while the ledger was away; callers go on',
  promised: '100 % reconciled ≤60 s; 0 request errors',
  isLong: true,
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      routingReplicas: 2,
      onDeath: 'leave',
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { fleet, clients } = started;
    const callers = startCallers(clients);
    await sleep(CALM_MS);
    await fleet.process('cost-accounting').kill('SIGKILL');
    await sleep(CALM_MS);
    const deleted = await deleteStream(started);
    await fleet.process('cost-accounting').restart();
    await fleet.servers.nats.kill('SIGKILL');
    await sleep(AWAY_MS);
    await fleet.servers.nats.restart();
    const backMs = performance.now();
    const { answered, failed } = await callers.stop();
    await ledgerWith(fleet, { rows: answered, withinMs: RECONCILED_MS });
    const tookMs = performance.now() - backMs;
    const truth = await new SimulatorControl(fleet.simulatorUrl).attempts();
    const { entries, lost, twice, wrong } = await compareWithTruth(fleet, truth);
    return {
      measured: `${answered} answered, ${failed} failed; ${deleted} messages deleted with the stream; ${entries} entries ${(tookMs / 1_000).toFixed(1)} s after NATS was back, ${lost} lost, ${twice} twice, ${wrong} wrong`,
      held:
        failed === 0 &&
        deleted > 0 &&
        entries === answered &&
        lost + twice + wrong === 0 &&
        tookMs <= RECONCILED_MS,
    };
  },
};

async function deleteStream({ fleet }: { readonly fleet: Parameters<typeof UsageBus.connect>[0] }) {
  await using bus = await UsageBus.connect(fleet);
  return await bus.deleteStream();
}

/** Callers that ask until they are stopped. */
function startCallers(clients: readonly SwitchyardClient[]) {
  const seen = { answered: 0, failed: 0 };
  let isOver = false;
  const ask = async (client: SwitchyardClient) => {
    while (!isOver) {
      try {
        await client.complete(textRequest('sim-fast', 'hello'), { timeoutMs: 20_000 });
        seen.answered++;
      } catch {
        seen.failed++;
      }
      await sleep(PAUSE_MS);
    }
  };
  const asking = Promise.all(
    Array.from({ length: CALLERS }, (_, i) => ask(clients[i % clients.length] as SwitchyardClient)),
  );
  return {
    async stop() {
      isOver = true;
      await asking;
      return seen;
    },
  };
}
