import type { FaultRule } from '@switchyard/testkit/simulator';
import { runLoad } from '../../support/run-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const REQUESTS = 2_000;
const CONCURRENCY = 32;
const MOST_PER_REQUEST = 1.2;
const PROVIDERS = ['primary', 'secondary'];

/** A rate limit opens no breaker and states no pause here: what is left to bound attempts are the retry budgets. */
const WAYS: Readonly<Record<string, readonly FaultRule[]>> = {
  '429': [{ fault: { type: 'status', status: 429 } }],
  '500': [{ fault: { type: 'status', status: 500 } }],
  mixed: [
    { probability: 0.5, fault: { type: 'status', status: 429 } },
    { probability: 0.5, fault: { type: 'reset' } },
    { fault: { type: 'status', status: 529 } },
  ],
};

/** Retry budgets: an outage is not multiplied. */
export const a3: Figure = {
  id: 'A3',
  what: 'everything fails: 429, 500, or 429, 529 and reset mixed; 3 × 2,000 requests',
  promised: '≤1.2 attempts per request',
  async measure() {
    const ratios: string[] = [];
    let held = true;
    for (const [name, rules] of Object.entries(WAYS)) {
      const ratio = await attemptsPerRequest(rules);
      held &&= ratio <= MOST_PER_REQUEST;
      ratios.push(`${name}: ${ratio.toFixed(3)}`);
    }
    return { measured: ratios.join(', '), held };
  },
};

async function attemptsPerRequest(rules: readonly FaultRule[]): Promise<number> {
  await using started = await startTestFleet({
    providers: PROVIDERS,
    processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
  });
  const control = new SimulatorControl(started.fleet.simulatorUrl);
  for (const provider of PROVIDERS) await control.setFaults(provider, rules);
  const { answered } = await runLoad({ ...LOAD, clients: started.clients });
  if (answered.length > 0) throw new Error(`${answered.length} requests were answered`);
  const { providers } = await control.stats();
  const attempts = PROVIDERS.reduce((sum, provider) => sum + (providers[provider]?.received ?? 0), 0);
  return attempts / REQUESTS;
}

const LOAD = { requests: REQUESTS, concurrency: CONCURRENCY };
