import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from '@switchyard/deploy';
import { ledgerWith } from '../../support/ledger-rows.ts';
import { loadByGrpc, loadByHttp } from '../../support/rolling-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const ROLLS = 20;
const BETWEEN_ROLLS_MS = 1_500;

export const a10: Figure = {
  id: 'A10',
  what: `${ROLLS} SIGTERM rolls of two routing replicas under gRPC and HTTP load`,
  promised: '0 failed calls, no lost record',
  isLong: true,
  timeoutMs: 900_000,
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
    // gRPC's client looks for a replica now and then; until it has found it, the other one is the only one.
    const found = await waitFor(
      () => grpcAnswers(replica),
      (answers) => answers > 0,
    );
    if (found === 0) throw new Error(`nobody asks ${replica.name} by gRPC, a minute after it has come back`);
  }
  const [grpc, http] = await Promise.all([loads[0].stop(), loads[1].stop()]);
  const rows = await ledgerWith(fleet, { rows: grpc.answered + http.answered, withinMs: 60_000 });
  const outcomes = [...new Set(rows.map(({ line, outcome }) => `${line} ${outcome}`))];
  return { ended, grpc, http, booked: rows.length, outcomes };
}

/** Calls of Complete by gRPC that a replica has answered since it has started. */
async function grpcAnswers({ opsUrl }: ManagedProcess): Promise<number> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  const answered =
    /^switchyard_grpc_calls_total\{[^}]*InferenceService\/Complete[^}]*code="OK"[^}]*\} (\d+)$/m;
  return Number(answered.exec(metrics)?.[1] ?? 0);
}
