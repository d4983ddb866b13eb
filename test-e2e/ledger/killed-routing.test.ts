import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { expect, test, vi } from 'vitest';
import { allLedgerRows, ledgerWith } from '../support/ledger-rows.ts';
import { runLoad } from '../support/run-load.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';

const WAIT = { timeout: 20_000, interval: 250 };

test('A14: routing killed with -9 under load: the ledger has every answer once, and each call in flight as unresolved', {
  timeout: 180_000,
}, async () => {
  await using started = await startTestFleet({ onDeath: 'leave' });
  const { fleet, clients } = started;
  const control = new SimulatorControl(fleet.simulatorUrl);
  // Calls take a while, so that some are in flight at the kill.
  await control.setLatency('*', { firstTokenMs: 40 });
  const answered: string[] = [];
  const [client] = clients as [SwitchyardClient];
  for (let round = 0; round < 3; round++) {
    // A client tries a connection that was refused again after a pause: the load comes when it has one.
    await vi.waitFor(() => client.complete(textRequest('sim-fast', 'Are you there?')), WAIT);
    let killed: Promise<void> | undefined;
    const load = runLoad({
      clients,
      requests: 1_500,
      concurrency: 48,
      onProgress: (ended) => {
        if (ended === 700)
          killed = fleet
            .process('routing')
            .kill('SIGKILL')
            .then(() => fleet.process('routing').restart());
      },
    });
    const result = await load;
    await killed;
    expect(killed).toBeDefined();
    expect(result.answered.length).toBeGreaterThan(500);
    answered.push(...result.answered);
  }

  const truth = (await control.attempts()).filter(({ attemptId }) => attemptId !== undefined);
  // Calls that were killed before the provider had them are in the ledger, too: what is waited for is what it had.
  const had = new Set(truth.map(({ attemptId }) => attemptId));
  const ofTruth = async (one: typeof fleet) =>
    (await allLedgerRows(one)).filter(({ attempt_id }) => had.has(attempt_id));
  await ledgerWith(fleet, { rows: had.size, withinMs: 60_000 }, ofTruth);
  const rows = await allLedgerRows(fleet);
  const unresolved = rows.filter(({ line }) => line === 'unresolved');
  const charged = rows.filter(({ line }) => line === 'charge');
  expect(new Set(rows.map(({ attempt_id }) => attempt_id)).size).toBe(rows.length);
  expect(unresolved.length).toBeGreaterThan(0);
  // At most what was under way at the three kills.
  expect(unresolved.length).toBeLessThanOrEqual(3 * 48);
  const inLedger = new Set(rows.map(({ attempt_id }) => attempt_id));
  expect(
    truth
      .filter(({ attemptId, provider }) => provider !== undefined && !inLedger.has(attemptId as string))
      .map(({ attemptId }) => attemptId),
  ).toEqual([]);
  const chargedRequests = new Set(charged.map(({ request_id }) => request_id));
  expect(answered.filter((requestId) => !chargedRequests.has(requestId))).toEqual([]);
  // An unresolved call is booked at what was held: never at nothing.
  expect(unresolved.every(({ amount_nano_usd }) => BigInt(amount_nano_usd ?? '0') > 0n)).toBe(true);
});
