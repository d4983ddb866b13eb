import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { busNames } from '@switchyard/contracts';
import { HealthChanged } from '@switchyard/contracts/events';
import {
  GetHealthHistoryRequest,
  type HealthChange,
  HealthServiceClient,
  HealthState,
  SetProbingRequest,
} from '@switchyard/contracts/health';
import { Strategy } from '@switchyard/contracts/routing';
import type { ManagedProcess } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { sameDay } from '@switchyard/testkit/same-day';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

const PATIENCE = { timeout: 120_000, interval: 250 };
/** More than the test uses: what is held is that no more is sent than is counted. */
const BUDGET = 500;

let started: TestFleet;
let control: SimulatorControl;
let health: HealthServiceClient;

beforeAll(async () => {
  started = await startTestFleet({
    healthProbeReplicas: 3,
    env: {
      HEALTH_PROBE_IDLE_INTERVAL_MS: '2000',
      HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS: '5000',
      HEALTH_PROBE_LEASE_MS: '4000',
    },
  });
  control = new SimulatorControl(started.fleet.simulatorUrl);
  connectTo(probers()[0] as ManagedProcess);
});

afterAll(async () => {
  health?.close();
  await started?.[Symbol.asyncDispose]();
});

const probers = () => started.fleet.processes.filter(({ name }) => name.startsWith('health-probe'));
let target = { address: '', apiKey: '' };

function connectTo({ address }: ManagedProcess): void {
  health?.close();
  target = { address, apiKey: started.fleet.apiKey };
  health = openGrpcClient(HealthServiceClient, target);
}

async function isLeader({ opsUrl }: ManagedProcess): Promise<boolean> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  return /^switchyard_health_probe_is_leader(?:\{[^}]*\})? 1$/m.test(metrics);
}

async function leaders(among: readonly ManagedProcess[]): Promise<ManagedProcess[]> {
  const asked = await Promise.all(among.map(async (one) => ((await isLeader(one)) ? [one] : [])));
  return asked.flat();
}

async function stateOf(provider: string): Promise<HealthState | undefined> {
  const method = health.getProviderHealth.bind(health);
  const answer = await callUnary({ method, request: { provider, tenant: '' }, target, timeoutMs: 10_000 });
  return answer.health?.state;
}
const until = (provider: string, ...states: HealthState[]) =>
  vi.waitFor(async () => expect(states).toContain(await stateOf(provider)), PATIENCE);

async function history(provider: string): Promise<readonly HealthChange[]> {
  const method = health.getHealthHistory.bind(health);
  const request = GetHealthHistoryRequest.fromPartial({ provider });
  return (await callUnary({ method, request, target, timeoutMs: 10_000 })).changes.toReversed();
}

/** Past the service, which tells what it read a moment ago. */
async function probesToday(provider: string): Promise<number> {
  const [row] = await queryFleet<{ probes: number }>(
    started.fleet,
    `SELECT probes FROM health_probe.probe_spending WHERE provider = '${provider}' ORDER BY day DESC LIMIT 1`,
  );
  return row?.probes ?? 0;
}

/** Waits until routing has taken over the primary's state. */
const untilListed = (client: SwitchyardClient, ...states: string[]) =>
  vi.waitFor(async () => {
    const listed = (await client.listProviders()).find(({ provider }) => provider?.id === 'primary');
    expect(states).toContain(listed?.health);
  }, PATIENCE);

/** Calls of the primary for requests: those that it served, and those that another one answered after it. */
let live = 0;

/** Requests that went to the primary; weights are equal, so that half is the whole share. */
async function askMany(client: SwitchyardClient, count: number): Promise<number> {
  const request = { ...textRequest('sim-fast', 'Hello'), strategy: Strategy.WEIGHTED };
  const answers = await Promise.all(
    Array.from({ length: count }, () => client.complete(request, { timeoutMs: 60_000 })),
  );
  const served = answers.filter(({ route }) => route?.provider === 'primary').length;
  live +=
    served +
    answers.filter(({ route }) => (route?.fallbacks ?? 0) > 0 && route?.provider !== 'primary').length;
  return served;
}

test('acceptance 6: a provider dies and comes back: seen after 3 failures, traffic returns in steps, one prober of three, probes within their budget', async () => {
  await sameDay(240_000);
  const [client] = started.clients as [SwitchyardClient];
  const told: HealthChanged[] = [];
  await using bus = new AsyncDisposableStack();
  const nats = await connect({ servers: started.fleet.devEnv.NATS_URL ?? '' });
  bus.defer(() => nats.close());
  nats.subscribe(busNames().healthAll, {
    callback: (_, { data }) => void told.push(HealthChanged.decode(data)),
  });
  await until('primary', HealthState.HEALTHY);
  await until('secondary', HealthState.HEALTHY);
  const request = SetProbingRequest.fromPartial({
    provider: 'primary',
    settings: { maxProbesPerDay: BUDGET },
  });
  await callUnary({ method: health.setProbing.bind(health), request, target, timeoutMs: 10_000 });

  // One prober; it is killed, and of the others one goes on.
  const [prober] = await vi.waitFor(async () => {
    const found = await leaders(probers());
    expect(found.length).toBe(1);
    return found;
  }, PATIENCE);
  await prober?.kill('SIGKILL');
  const alive = probers().filter((one) => one !== prober);
  connectTo(alive[0] as ManagedProcess);
  await vi.waitFor(async () => expect((await leaders(alive)).length).toBe(1), PATIENCE);
  // It may be the one that routing asks for the table: as everywhere, somebody starts it again.
  await prober?.restart();

  // It dies, with nobody but probes to see it.
  await control.setFaults('primary', [{ fault: { type: 'status', status: 503 } }]);
  await until('primary', HealthState.UNAVAILABLE);
  const seen = (await history('primary')).at(-1);
  const atMs = seen?.changedAt?.getTime() ?? 0;
  const failures = (await control.attempts()).filter(
    ({ provider, status, endedAtUnixMs }) => provider === 'primary' && status === 503 && endedAtUnixMs < atMs,
  );
  expect(seen?.reason).toMatch(/^3 failures in a row \(limit 3\)/);
  expect(failures.length).toBe(3);
  // From then on nobody but probes calls it.
  await untilListed(client, 'unavailable');
  expect(await askMany(client, 40)).toBe(0);

  // It comes back: first as degraded and with little, then with all.
  await control.clearFaults();
  await until('primary', HealthState.DEGRADED, HealthState.HEALTHY);
  await untilListed(client, 'degraded', 'healthy');
  const first = await askMany(client, 200);
  await until('primary', HealthState.HEALTHY);
  await vi.waitFor(async () => expect(await askMany(client, 200)).toBeGreaterThan(70), {
    timeout: 120_000,
    interval: 5_000,
  });
  expect(first).toBeLessThan(60);

  const toldOf = told.filter(({ provider }) => provider === 'primary').map(({ toState }) => toState);
  expect(toldOf.slice(-3)).toEqual(['unavailable', 'degraded', 'healthy']);
  expect((await history('primary')).map(({ toState }) => toState)).toEqual([
    HealthState.HEALTHY,
    HealthState.UNAVAILABLE,
    HealthState.DEGRADED,
    HealthState.HEALTHY,
  ]);
  // The simulator counts what arrived: no more probes than the budget counts, and that is within its bound.
  const arrived = (await control.attempts()).filter(({ provider }) => provider === 'primary').length;
  const probes = await probesToday('primary');
  expect(arrived - live).toBeGreaterThan(5);
  expect(arrived - live).toBeLessThanOrEqual(probes);
  expect(probes).toBeLessThanOrEqual(BUDGET);
}, 900_000);
