import { HealthState } from '@switchyard/contracts/health';
import { systemClock } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { ProviderQuotas } from '../src/runtime/limits/provider-quotas.ts';
import { Recoveries } from '../src/runtime/recoveries.ts';
import { RuntimeRegistry } from '../src/runtime/runtime-registry.ts';
import { stateReader } from '../src/runtime/state-reader.ts';
import { offering } from './domain/offerings.ts';
import { readyKeys } from './support/ready-keys.ts';

const health = (state: HealthState) => new Map([['/p', state]]);

test('a provider is spared for 30 s after it has left unhealthy or unavailable, and only then', () => {
  const recoveries = new Recoveries();
  recoveries.observe(health(HealthState.HEALTHY), 0);
  expect(recoveries.sinceMs('/p', 1_000)).toBeUndefined();
  recoveries.observe(health(HealthState.DEGRADED), 1_000);
  recoveries.observe(health(HealthState.HEALTHY), 2_000);
  expect(recoveries.sinceMs('/p', 2_000)).toBeUndefined();
  for (const away of [HealthState.UNHEALTHY, HealthState.UNAVAILABLE]) {
    recoveries.observe(health(away), 10_000);
    expect(recoveries.sinceMs('/p', 11_000)).toBeUndefined();
    recoveries.observe(health(HealthState.DEGRADED), 12_000);
    // What changes meanwhile begins nothing anew.
    recoveries.observe(health(HealthState.HEALTHY), 20_000);
    expect(recoveries.sinceMs('/p', 22_000)).toBe(10_000);
    expect(recoveries.sinceMs('/p', 42_000)).toBeUndefined();
  }
});

test('a provider that is first seen healthy, or is gone, has not recovered', () => {
  const recoveries = new Recoveries();
  recoveries.observe(health(HealthState.UNAVAILABLE), 0);
  recoveries.observe(new Map(), 1_000);
  recoveries.observe(health(HealthState.HEALTHY), 2_000);
  expect(recoveries.sinceMs('/p', 2_000)).toBeUndefined();
});

test('a state tells what calls have shown: requests under way, latency, success rate, idle time, recovery', () => {
  const runtimes = new RuntimeRegistry();
  const secrets = readyKeys();
  const quotas = new ProviderQuotas({ store: undefined, clock: systemClock });
  const one = offering({ provider: 'p' });
  const at = (nowMs: number) => stateReader({ runtimes, quotas, secrets }, { tokens: 1, nowMs })(one);
  expect(at(0)).toMatchObject({ active: 0, latencyMs: undefined, successRate: undefined, idleMs: undefined });
  const runtime = runtimes.of(one);
  runtime.began(1_000);
  expect(at(1_500)).toMatchObject({ active: 1, idleMs: 500 });
  runtime.active -= 1;
  runtime.succeeded({ firstTokenMs: 200, totalMs: 400 }, 1_400);
  runtime.began(2_000);
  runtime.active -= 1;
  runtime.failed({
    error: { class: 'server_error', retryAfterMs: undefined },
    permit: undefined,
    nowMs: 2_100,
    wallMs: 0,
  });
  runtimes.healthChanged(health(HealthState.UNAVAILABLE), 3_000);
  runtimes.healthChanged(health(HealthState.HEALTHY), 4_000);
  expect(at(5_000)).toMatchObject({
    active: 0,
    latencyMs: 200,
    successRate: 0.5,
    idleMs: 3_000,
    recoveredMs: 1_000,
  });
  expect([...runtimes.measured()]).toEqual([one.key]);
});
