import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { allLedgerRows } from '../../support/ledger-rows.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const REQUESTS = 2_000;
const CONCURRENCY = 8;
const SLOW_SHARE = 0.05;
const SLOW_MS = 1_500;
const USUAL_MS = 20;
const HEDGE_MS = 150;
const MOST_LOAD = 1.05;

/** The same load twice: once as it is, once with hedges. What is slow is the primary alone. */
export const a5: Figure = {
  id: 'A5',
  what: `5 % of the primary's answers take ${SLOW_MS} ms; ${REQUESTS} requests without hedges, then with`,
  promised: 'p99 −50 %, load ≤+5 %, one charge each',
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setLatency('*', { firstTokenMs: USUAL_MS });
    await control.setFaults('primary', [
      { probability: SLOW_SHARE, fault: { type: 'delay', firstTokenMs: SLOW_MS } },
    ]);
    const [client] = started.clients as [SwitchyardClient];
    const plain = await ask(client, {});
    const before = await callsOf(control);
    const hedged = await ask(client, { hedge: { delayMs: HEDGE_MS } });
    // A call that lost the race ends a little later than the answer.
    await sleep(SLOW_MS);
    const load = ((await callsOf(control)) - before) / REQUESTS;
    const charged = await waitFor(
      async () => chargesOf(await allLedgerRows(started.fleet), hedged.ids),
      ({ size }) => size === REQUESTS,
    );
    const twice = [...charged.values()].filter((charges) => charges !== 1).length;
    const saved = 1 - p99(hedged.timesMs) / p99(plain.timesMs);
    return {
      measured: `p99 −${(saved * 100).toFixed(0)} % (${p99(plain.timesMs).toFixed(0)} to ${p99(hedged.timesMs).toFixed(0)} ms), load +${((load - 1) * 100).toFixed(1)} %, ${charged.size} charged, ${twice} not once`,
      held: saved >= 0.5 && load <= MOST_LOAD && charged.size === REQUESTS && twice === 0,
    };
  },
};

async function ask(
  client: SwitchyardClient,
  change: { readonly hedge?: { readonly delayMs: number } },
): Promise<{ readonly ids: ReadonlySet<string>; readonly timesMs: readonly number[] }> {
  const ids = new Set<string>();
  const timesMs: number[] = [];
  let left = REQUESTS;
  const work = async () => {
    while (left-- > 0) {
      const startedMs = performance.now();
      const { requestId } = await client.complete({
        ...textRequest('sim-fast', `Question ${left}`),
        ...change,
      });
      timesMs.push(performance.now() - startedMs);
      ids.add(requestId);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { ids, timesMs };
}

async function callsOf(control: SimulatorControl): Promise<number> {
  const { providers } = await control.stats();
  return Object.values(providers).reduce((sum, { received }) => sum + received, 0);
}

/** How often each of some requests was charged; a lost race is waste. */
function chargesOf(
  rows: readonly { readonly request_id: string; readonly line: string }[],
  ids: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const charges = rows.filter(({ request_id, line }) => line === 'charge' && ids.has(request_id));
  return new Map(
    [...Map.groupBy(charges, ({ request_id }) => request_id)].map(([id, all]) => [id, all.length]),
  );
}

const p99 = (timesMs: readonly number[]): number =>
  timesMs.toSorted((a, b) => a - b)[Math.floor(timesMs.length * 0.99)] ?? Number.NaN;
