import { runLoad } from '../../support/run-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const REQUESTS = 10_000;

/** Failover: with A3 it shows that retries are bounded where nobody answers, and not where somebody does. */
export const a1: Figure = {
  id: 'A1',
  what: 'the primary fails: 429, 500, 529, reset; 10,000 requests',
  promised: '≥99.9 % succeed',
  async measure() {
    await using started = await startTestFleet();
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setFaults('primary', [
      { probability: 0.25, fault: { type: 'status', status: 500 } },
      { probability: 0.25, fault: { type: 'status', status: 429, retryAfter: 1 } },
      { probability: 0.25, fault: { type: 'status', status: 529 } },
      { fault: { type: 'reset' } },
    ]);
    const { answered } = await runLoad({ clients: started.clients, requests: REQUESTS, concurrency: 32 });
    const share = answered.length / REQUESTS;
    return { measured: `${(share * 100).toFixed(2)} %`, held: share >= 0.999 };
  },
};
