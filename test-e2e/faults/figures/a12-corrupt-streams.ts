import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { FaultRule } from '@switchyard/testkit/simulator';
import { queryFleet } from '../../support/ledger-rows.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const BROKEN = 1_000;
/** Longest time that broken streams are asked for. */
const MOST_MS = 400_000;
/** Where nobody may be called for now, since breakers and health hold calls back: before it is asked again. */
const HELD_BACK_MS = 250;
const AT_ONCE = 32;
/** One in five: breakers open at half of the calls, and what is not called cannot be broken. */
const EACH = 0.03;

const RULES: readonly FaultRule[] = [
  { probability: EACH, fault: { type: 'truncate', ending: 'cut', afterChunks: 3 } },
  { probability: EACH, fault: { type: 'truncate', ending: 'clean', afterChunks: 5 } },
  { probability: EACH, fault: { type: 'garbage', afterChunks: 2 } },
  { probability: EACH, fault: { type: 'reset', afterChunks: 4 } },
  { probability: EACH, fault: { type: 'error-event', afterChunks: 1 } },
  { probability: EACH, fault: { type: 'wrong-content-type' } },
];

/** Each broken call is looked up in the ledger by the id that the provider was given. */
export const a12: Figure = {
  id: 'A12',
  what: '1,000 corrupt or truncated streams: cut, closed early, garbage, reset, error event, wrong type',
  promised: '0 recorded as success',
  timeoutMs: 600_000,
  async measure() {
    await using started = await startTestFleet({
      providers: ['a', 'b', 'c', 'd'],
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setFaults('*', RULES);
    const [client] = started.clients as [SwitchyardClient];
    const endMs = performance.now() + MOST_MS;
    for (let seen = 0; seen < BROKEN && performance.now() < endMs; ) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => readAll(client)));
      const now = await faulted(control);
      if (now === seen) await sleep(HELD_BACK_MS);
      seen = now;
    }
    const broken = (await control.attempts()).filter(({ outcome }) => outcome === 'faulted');
    const ids = broken.map(({ attemptId }) => attemptId ?? '');
    const booked = await waitFor(
      () => queryFleet<Booked>(started.fleet, outcomesOf(ids)),
      (rows) => rows.length === ids.length,
    );
    const wrong = booked.filter(({ outcome }) => outcome === 'ok').length;
    return {
      measured: `${wrong} of ${booked.length} recorded as success`,
      held: wrong === 0 && ids.length >= BROKEN && booked.length === ids.length,
    };
  },
};

interface Booked extends Record<string, unknown> {
  readonly outcome: string;
}

const outcomesOf = (ids: readonly string[]): string =>
  `SELECT outcome FROM cost_accounting.ledger WHERE attempt_id IN (${ids.map((id) => `'${id}'`).join(',')})`;

async function faulted(control: SimulatorControl): Promise<number> {
  const { providers } = await control.stats();
  return Object.values(providers).reduce((sum, provider) => sum + provider.faulted, 0);
}

async function readAll(client: SwitchyardClient): Promise<void> {
  try {
    for await (const _ of client.stream(textRequest('sim-fast', 'hello')));
  } catch {
    // Which of them fail towards the caller is not counted here.
  }
}
