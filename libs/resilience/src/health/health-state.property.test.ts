import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyWindow } from '../latency/latency-window.ts';
import { type Health, type HealthState, untestedHealth } from './health.ts';
import { healthEvidence } from './health-evidence.ts';
import { describeHealthReason } from './health-reason.ts';
import { assessHealth } from './health-state.ts';

/** Calls per second, each second with its own share of failures. */
const seconds = fc.array(fc.record({ calls: fc.nat(12), failing: fc.constantFrom(0, 0, 0, 0.05, 0.3, 1) }), {
  maxLength: 120,
});

function lifeOf(
  plan: { calls: number; failing: number }[],
): { health: Health; consecutiveFailures: number }[] {
  const window = new LatencyWindow();
  let health = untestedHealth(0);
  let debt = 0;
  return plan.map(({ calls, failing }, index) => {
    const nowMs = (index + 1) * 1000;
    for (let call = 0; call < calls; call += 1) {
      debt += failing;
      if (debt >= 1) window.recordFailure('timeout', nowMs);
      else window.recordSuccess({ latencyMs: 5, totalLatencyMs: 9 }, nowMs);
      debt %= 1;
    }
    const evidence = healthEvidence({ window, health, nowMs });
    health = assessHealth({ health, evidence, nowMs });
    return { health, consecutiveFailures: evidence.whole.consecutiveFailures };
  });
}

test('a tested target is unavailable whenever it ends a second with 3 failures in a row', () => {
  fc.assert(
    fc.property(seconds, (plan) => {
      for (const { health, consecutiveFailures } of lifeOf(plan)) {
        if (consecutiveFailures >= 3) expect(health.state).toBe('unavailable');
      }
    }),
  );
});

test('only degraded becomes healthy again, and only from unhealthy or unavailable does it rise to degraded', () => {
  fc.assert(
    fc.property(seconds, (plan) => {
      let before: HealthState = 'not_tested';
      for (const { health } of lifeOf(plan)) {
        if (health.state === 'healthy') expect(['not_tested', 'healthy', 'degraded']).toContain(before);
        if (health.state === 'unhealthy') expect(before).not.toBe('unavailable');
        before = health.state;
      }
    }),
  );
});

test('steps up from degraded are at least 10 s after the step before', () => {
  fc.assert(
    fc.property(seconds, (plan) => {
      let before: Health = untestedHealth(0);
      for (const { health } of lifeOf(plan)) {
        if (health !== before && before.state === 'degraded' && health.state === 'healthy') {
          expect(health.sinceMs - before.sinceMs).toBeGreaterThanOrEqual(10_000);
        }
        before = health;
      }
    }),
  );
});

test('every reason can be told in a sentence', () => {
  fc.assert(
    fc.property(seconds, (plan) => {
      for (const { health } of lifeOf(plan))
        expect(describeHealthReason(health.reason)).toMatch(/^[\w ,.%()]+$/);
    }),
  );
});
