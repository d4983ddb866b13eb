import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { runLoad } from '../../support/run-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const CALLERS = 4;
const PROBING_CALLERS = 64;
const MOST_CALLS = 10;
const MOST_AT_ONCE = 3;
/** A probe takes so long that others would overlap it. */
const PROBE_MS = 300;

/** It is the only one there is, so that the breaker alone keeps calls away from it: health gives way where nobody else is left. */
export const a2: Figure = {
  id: 'A2',
  what: 'a dead provider, and nobody else; counted at the provider',
  promised: '≤10 calls before the breaker opens; ≤3 probes at once',
  async measure() {
    await using started = await startTestFleet({
      providers: ['primary'],
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { clients } = started;
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setFaults('primary', [{ fault: { type: 'reset' } }]);
    await runLoad({ clients, requests: 200, concurrency: CALLERS });
    const before = (await control.attempts()).length;
    await control.setLatency('primary', { firstTokenMs: PROBE_MS });
    await control.setFaults('primary', [{ fault: { type: 'reset', afterChunks: 1 } }]);
    const probes = await waitFor(
      async () => {
        await runLoad({ clients, requests: PROBING_CALLERS, concurrency: PROBING_CALLERS });
        return (await control.attempts()).slice(before);
      },
      (found) => found.length > 0,
    );
    const atOnce = mostAtOnce(probes);
    return {
      measured: `${before} calls, then ${atOnce} at once`,
      held: before <= MOST_CALLS && atOnce > 0 && atOnce <= MOST_AT_ONCE,
    };
  },
};

/** How many calls were under way at the same instant. */
function mostAtOnce(calls: readonly AttemptRecord[]): number {
  return Math.max(
    0,
    ...calls.map(
      ({ startedAtUnixMs: atMs }) =>
        calls.filter((call) => call.startedAtUnixMs <= atMs && atMs < call.endedAtUnixMs).length,
    ),
  );
}
