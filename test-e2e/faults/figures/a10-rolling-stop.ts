import { setTimeout as sleep } from 'node:timers/promises';
import { ledgerWith } from '../../support/ledger-rows.ts';
import { loadByGrpc, loadByHttp } from '../../support/rolling-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const ROLLS = 20;
/** Longer than it takes a client to find a replica that is back. */
const BETWEEN_ROLLS_MS = 1_500;

export const a10: Figure = {
  id: 'A10',
  what: `${ROLLS} SIGTERM rolls of two routing replicas under gRPC and HTTP load`,
  promised: '0 failed calls, no lost record',
  isLong: true,
  timeoutMs: 400_000,
  async measure() {
    const { ended, grpc, http, booked, outcomes } = await rollReplicas(ROLLS);
    const failed = [...Object.entries(grpc.failures), ...Object.entries(http.failures)];
    const answered = grpc.answered + http.answered;
    return {
      measured: `${ended} of ${ROLLS} ended by themselves; ${grpc.answered} answered by gRPC, ${http.answered} by HTTP, ${failed.length === 0 ? '0 failed' : failed.map(([why, times]) => `${times} failed: ${why}`).join(', ')}; ${booked} booked, ${outcomes.join(', ')}`,
      held:
        ended === ROLLS &&
        failed.length === 0 &&
        Math.min(grpc.answered, http.answered) > 100 &&
        booked === answered &&
        outcomes.join() === 'charge ok',
    };
  },
};

/** Stops and starts two replicas in turn while callers go on. */
export async function rollReplicas(rolls: number) {
  await using started = await startTestFleet({ routingReplicas: 2 });
  const { fleet } = started;
  // Calls take a while, so that some are under way at each signal.
  await new SimulatorControl(fleet.simulatorUrl).setLatency('*', { firstTokenMs: 30 });
  const loads = [loadByGrpc(fleet, 8), loadByHttp(fleet, 8)] as const;
  let ended = 0;
  for (let roll = 0; roll < rolls; roll++) {
    const replica = fleet.process(roll % 2 === 0 ? 'routing' : 'routing-2');
    await sleep(BETWEEN_ROLLS_MS);
    if ((await replica.stop()) === 'ended') ended++;
    await replica.restart();
  }
  const [grpc, http] = await Promise.all([loads[0].stop(), loads[1].stop()]);
  const rows = await ledgerWith(fleet, { rows: grpc.answered + http.answered, withinMs: 60_000 });
  const outcomes = [...new Set(rows.map(({ line, outcome }) => `${line} ${outcome}`))];
  return { ended, grpc, http, booked: rows.length, outcomes };
}
