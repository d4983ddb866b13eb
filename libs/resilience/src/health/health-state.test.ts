import { describe, expect, test } from 'vitest';
import { LatencyWindow } from '../latency/latency-window.ts';
import { type Health, maintenanceHealth, untestedHealth } from './health.ts';
import { healthEvidence } from './health-evidence.ts';
import { assessHealth } from './health-state.ts';
import { DEFAULT_HEALTH_THRESHOLDS, type HealthThresholds } from './health-thresholds.ts';

/** A target that gets calls second by second and is assessed at the end of each, as health-probe does it. */
class Target {
  health: Health = untestedHealth(0);
  nowMs = 0;
  readonly #window = new LatencyWindow();
  readonly #thresholds: HealthThresholds;

  constructor(thresholds: Partial<HealthThresholds> = {}) {
    this.#thresholds = { ...DEFAULT_HEALTH_THRESHOLDS, ...thresholds };
  }

  /** Each letter is a call in the next second: `+` success, `s` success after 9 s, `S` after 12 s, `-` failure, ` ` none; `|` ends the second. */
  live(calls: string): this {
    for (const second of calls.split('|')) {
      this.nowMs += 1000;
      for (const call of second) this.#call(call);
      this.assess();
    }
    return this;
  }

  assess(successRateFloor?: number): this {
    const { health, nowMs } = this;
    const evidence = { ...healthEvidence({ window: this.#window, health, nowMs }), successRateFloor };
    this.health = assessHealth({ health, evidence, nowMs, thresholds: this.#thresholds });
    return this;
  }

  #call(call: string): void {
    if (call === '+') this.#window.recordSuccess({ latencyMs: 10, totalLatencyMs: 20 }, this.nowMs);
    if (call === 's') this.#window.recordSuccess({ latencyMs: 9000, totalLatencyMs: 9000 }, this.nowMs);
    if (call === 'S') this.#window.recordSuccess({ latencyMs: 12_000, totalLatencyMs: 12_000 }, this.nowMs);
    if (call === '-') this.#window.recordFailure('timeout', this.nowMs);
  }
}

const seconds = (count: number, second: string) => new Array<string>(count).fill(second).join('|');
const healthy = (thresholds: Partial<HealthThresholds> = {}) =>
  new Target(thresholds).live(seconds(30, '++'));

test('a target is not tested until its first success, and 2 failures do not change that', () => {
  const target = new Target().live('--');
  expect(target.health.state).toBe('not_tested');
  expect(target.live('+').health).toMatchObject({ state: 'healthy', reason: { code: 'first_success' } });
});

test('an untested target that fails 3 times is unavailable', () => {
  expect(new Target().live('-|-|-').health.state).toBe('unavailable');
});

test('without calls a state stays, and it is the same object', () => {
  const target = healthy();
  const before = target.health;
  target.live(seconds(400, ''));
  expect(target.health).toBe(before);
});

describe('getting worse', () => {
  test('3 failures in a row make it unavailable at once, 2 do not', () => {
    const target = healthy().live('--');
    expect(target.health.state).toBe('healthy');
    target.live('-');
    expect(target.health).toMatchObject({
      state: 'unavailable',
      reason: { code: 'consecutive_failures', failures: 3, limit: 3 },
      sinceMs: target.nowMs,
    });
  });

  test('3 failures spread over 20 minutes without a success between them do it too', () => {
    const gap = seconds(400, '');
    expect(healthy().live(`-|${gap}|-|${gap}|-`).health.state).toBe('unavailable');
  });

  test('below 95 % it is degraded', () => {
    const target = new Target().live(`${seconds(10, '+++++++++-+')}`);
    expect(target.health).toMatchObject({
      state: 'degraded',
      reason: { code: 'low_success_rate', limit: 0.95 },
    });
  });

  test('below 80 % it is unhealthy, in one step', () => {
    const target = new Target().live('+').live('-++-++-++-++-++-++-++-++-++-+');
    expect(target.health).toMatchObject({
      state: 'unhealthy',
      reason: { code: 'low_success_rate', limit: 0.8 },
    });
  });

  test('a rate of fewer than 20 calls is not judged', () => {
    expect(new Target().live('+').live('-+-+-+-+-+-+-+-+-+').health.state).toBe('healthy');
  });

  test('a fresh brownout shows in the last minute, although five good minutes lie before it', () => {
    const target = new Target().live(seconds(240, '++++++++++'));
    target.live(seconds(60, '-+++++++++'));
    expect(target.health.state).toBe('degraded');
  });

  test('p95 above the limit degrades it, where there is a limit', () => {
    const slow = seconds(10, '+s+s');
    expect(healthy().live(slow).health.state).toBe('healthy');
    expect(healthy({ degradedP95Ms: 5000 }).live(slow).health).toMatchObject({
      state: 'degraded',
      reason: { code: 'high_latency', limitMs: 5000 },
    });
  });

  test('being far below its peers degrades it, unless it is good enough to be healthy', () => {
    const at = (rate: string) => new Target().live(seconds(20, rate));
    expect(at(`${'+'.repeat(29)}-`).assess(0.99).health.reason.code).toBe('success_rate_outlier');
    expect(at(`${'+'.repeat(99)}-`).assess(0.999).health.state).toBe('healthy');
  });
});

describe('getting better', () => {
  const down = () => healthy().live('-|-|-');

  test('3 successes in a row bring it from unavailable to degraded, not to healthy', () => {
    const target = down().live('+|+');
    expect(target.health.state).toBe('unavailable');
    target.live('+');
    expect(target.health).toMatchObject({ state: 'degraded', reason: { code: 'recovering', successes: 3 } });
  });

  test('a failure between them begins the count anew', () => {
    expect(down().live('+|+|-|+|+').health.state).toBe('unavailable');
  });

  test('5 successes after that, over at least 10 s, make it healthy; the outage in the window does not hold it back', () => {
    const target = down().live('+|+|+').live(seconds(9, '+'));
    expect(target.health.state).toBe('degraded');
    expect(target.live('+').health).toMatchObject({
      state: 'healthy',
      reason: { code: 'proven', successes: 10 },
    });
  });

  test('4 successes are not enough, however long ago', () => {
    expect(down().live('+|+|+').live('++++').live(seconds(60, '')).health.state).toBe('degraded');
  });

  test('rare calls prove it over five minutes', () => {
    const target = down().live('+|+|+');
    for (let i = 0; i < 5; i += 1) target.live(`+|${seconds(40, '')}`);
    expect(target.health.state).toBe('healthy');
  });

  test('three failures while recovering make it unavailable again', () => {
    expect(down().live('+|+|+').live('---').health.state).toBe('unavailable');
  });

  test('unhealthy goes up one state at a time', () => {
    const target = new Target().live('+').live('-++-++-++-++-++-++-++-++-++-+');
    const seen = new Set<string>();
    for (let i = 0; i < 30; i += 1) seen.add(target.live('++').health.state);
    expect([...seen]).toEqual(['unhealthy', 'degraded', 'healthy']);
  });

  test('between the two limits it stays degraded: at 96 % it neither falls nor rises', () => {
    const target = new Target().live(seconds(10, '+++++++++-+'));
    expect(target.health.state).toBe('degraded');
    const since = target.health.sinceMs;
    expect(target.live(seconds(300, `${'+'.repeat(24)}-`)).health).toMatchObject({
      state: 'degraded',
      sinceMs: since,
    });
  });

  test('latency has to be 20 % below the limit before it is healthy again', () => {
    const target = healthy({ degradedP95Ms: 10_000 }).live(seconds(10, '+S+S'));
    expect(target.health.reason.code).toBe('high_latency');
    const since = target.health.sinceMs;
    expect(target.live(seconds(400, 's+++')).health).toMatchObject({ state: 'degraded', sinceMs: since });
    expect(target.live(seconds(100, '++++')).health.state).toBe('healthy');
  });
});

describe('maintenance', () => {
  test('nothing that is seen ends it', () => {
    const target = healthy();
    target.health = maintenanceHealth(target.nowMs);
    expect(target.live(`---|${seconds(60, '+++')}`).health.state).toBe('maintenance');
  });

  test('after it the target is not tested, and old failures do not count against it', () => {
    const target = healthy().live('----');
    target.nowMs += 1000;
    target.health = untestedHealth(target.nowMs);
    expect(target.live('').health.state).toBe('not_tested');
    expect(target.live('+').health.state).toBe('healthy');
  });
});
