import { textRequest } from '@switchyard/client';
import { DecisionOutcome } from '@switchyard/contracts/routing';
import { expect, test, vi } from 'vitest';
import { runLoad } from '../support/run-load.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';

const REQUESTS = 2_000;

test('the primary answers 500, 429, 529, resets and stalls: others answer, and its fall and recovery are seen', {
  timeout: 240_000,
}, async () => {
  await using started = await startTestFleet({
    processEnv: {
      routing: { ROUTING_FIRST_TOKEN_TIMEOUT_MS: '5000', ROUTING_TOTAL_TIMEOUT_MS: '10000' },
    },
  });
  const { fleet, clients } = started;
  const [client] = clients;
  const control = new SimulatorControl(fleet.simulatorUrl);
  await control.setFaults('primary', [
    { count: 3, fault: { type: 'stall' } },
    { probability: 0.2, fault: { type: 'status', status: 500 } },
    { probability: 0.2, fault: { type: 'status', status: 429, retryAfter: 1 } },
    { probability: 0.2, fault: { type: 'status', status: 529 } },
    { probability: 0.2, fault: { type: 'reset' } },
  ]);
  const { answered, failed } = await runLoad({ clients, requests: REQUESTS, concurrency: 32 });
  expect(failed.length).toBeLessThanOrEqual(REQUESTS * 0.001);
  expect(answered.length + failed.length).toBe(REQUESTS);
  expect((await control.attempts()).filter(({ fault }) => fault === 'stall').length).toBe(3);

  const fallbacks = (await Promise.all(answered.slice(0, 200).map((id) => client?.getDecision(id)))).filter(
    (decision) => decision?.outcome === DecisionOutcome.FALLBACK_SUCCESS,
  );
  expect(fallbacks.length).toBeGreaterThan(0);
  for (const decision of fallbacks) {
    expect(decision?.attempts.map(({ provider }) => provider)).toEqual(['primary', 'secondary']);
    expect(['server_error', 'rate_limited', 'overloaded', 'connection', 'timeout']).toContain(
      decision?.attempts[0]?.outcome,
    );
  }

  const stateOf = async (id: string) =>
    (await client?.listProviders())?.find(({ provider }) => provider?.id === id);
  await vi.waitFor(
    async () => expect(['unhealthy', 'unavailable']).toContain((await stateOf('primary'))?.health),
    { timeout: 30_000, interval: 500 },
  );
  expect((await stateOf('secondary'))?.current).toBe(true);

  await control.clearFaults();
  await vi.waitFor(async () => expect((await stateOf('primary'))?.health).toBe('healthy'), {
    timeout: 120_000,
    interval: 1_000,
  });
  await vi.waitFor(
    async () =>
      expect((await client?.complete(textRequest('sim-fast', 'hello')))?.route?.provider).toBe('primary'),
    { timeout: 60_000, interval: 1_000 },
  );
});
