import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ledgerWith } from '../support/ledger-rows.ts';
import { loadByGrpc, loadByHttp } from '../support/rolling-load.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';

const ROLLS = 20;
/** Longer than it takes a client to find a replica that is back. */
const BETWEEN_ROLLS_MS = 1_500;

test('A10: 20 SIGTERM rolls of two routing replicas under gRPC and HTTP load: 0 failed calls, no lost record', {
  timeout: 400_000,
}, async () => {
  await using started = await startTestFleet({ routingReplicas: 2 });
  const { fleet } = started;
  // Calls take a while, so that some are under way at each signal.
  await new SimulatorControl(fleet.simulatorUrl).setLatency('*', { firstTokenMs: 30 });
  const loads = [loadByGrpc(fleet, 8), loadByHttp(fleet, 8)];
  for (let roll = 0; roll < ROLLS; roll++) {
    const replica = fleet.process(roll % 2 === 0 ? 'routing' : 'routing-2');
    await sleep(BETWEEN_ROLLS_MS);
    expect(await replica.stop()).toBe('ended');
    await replica.restart();
  }
  const [grpc, http] = await Promise.all(loads.map((load) => load.stop()));
  expect({ grpc: grpc?.failures, http: http?.failures }).toEqual({ grpc: {}, http: {} });
  expect(grpc?.answered).toBeGreaterThan(100);
  expect(http?.answered).toBeGreaterThan(100);

  const answered = (grpc?.answered ?? 0) + (http?.answered ?? 0);
  const rows = await ledgerWith(fleet, { rows: answered, withinMs: 60_000 });
  expect(rows.length).toBe(answered);
  expect(new Set(rows.map(({ line, outcome }) => `${line} ${outcome}`))).toEqual(new Set(['charge ok']));
});
