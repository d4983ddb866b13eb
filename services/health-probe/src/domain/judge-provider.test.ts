import type { Observation } from '@switchyard/resilience';
import { describe, expect, test } from 'vitest';
import type { HealthRecord } from './health-record.ts';
import { judgeProvider } from './judge-provider.ts';
import { ProviderWindows } from './provider-windows.ts';

const WALL_AT_START_MS = 1_800_000_000_000;

/** A provider whose seconds a test writes down, one after the other. */
class Story {
  record: HealthRecord = {
    ...{ tenant: '', provider: 'p', state: 'not_tested', reason: '', sinceMs: WALL_AT_START_MS, version: 0n },
    ...{ lastSuccessAtMs: undefined, lastFailureAtMs: undefined, lastProbeAtMs: undefined },
  };
  readonly windows = new ProviderWindows();
  readonly states: string[] = [];
  inMaintenance = false;
  floor: number | undefined;
  #second = 1_000;

  /** Each entry is a second: so many successes and failures, of a model. */
  tell(...seconds: { ok?: number; failed?: number; model?: string }[]): this {
    for (const { ok = 0, failed = 0, model = 'm' } of seconds) {
      const nowMs = ++this.#second * 1_000;
      if (ok + failed > 0) this.windows.merge({ model, observation: observe(ok, failed) }, nowMs);
      this.#judge(nowMs);
    }
    return this;
  }

  #judge(monotonicMs: number): void {
    const wallMs = WALL_AT_START_MS + monotonicMs - 1_000_000;
    const { record, windows, inMaintenance } = this;
    const next = judgeProvider({
      record,
      windows,
      inMaintenance,
      successRateFloor: this.floor,
      now: { wallMs, monotonicMs },
    });
    if (next === undefined) return;
    this.record = { ...record, ...next, sinceMs: wallMs };
    this.states.push(next.state);
  }
}

function observe(successes: number, failures: number): Observation {
  return {
    successes,
    failures: failures === 0 ? {} : { server_error: failures },
    trailingFailures: successes === 0 ? failures : 0,
    latencyBuckets: successes === 0 ? {} : { 100: successes },
    totalLatencySumMs: successes * 10,
  };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('the first success makes it healthy', () => {
  expect(new Story().tell({ ok: 1 }).states).toEqual(['healthy']);
});

test('H3: 3 failures in a row make it unavailable, 2 do not', () => {
  expect(new Story().tell({ ok: 5 }, { failed: 1 }, { failed: 1 }).states).toEqual(['healthy']);
  expect(new Story().tell({ ok: 5 }, ...times(3, { failed: 1 })).states).toEqual(['healthy', 'unavailable']);
});

test('H3: recovery is proven in steps: degraded after 3 successes, healthy after more and a while', () => {
  const story = new Story().tell({ ok: 5 }, ...times(3, { failed: 1 }));
  expect(story.tell(...times(2, { ok: 1 })).states.at(-1)).toBe('unavailable');
  expect(story.tell({ ok: 1 }).states.at(-1)).toBe('degraded');
  expect(story.tell(...times(6, { ok: 1 })).states.at(-1)).toBe('degraded');
  expect(story.tell(...times(6, { ok: 1 })).states.at(-1)).toBe('healthy');
});

test('failures spread over good traffic degrade it, more make it unhealthy, and it does not flap', () => {
  const story = new Story().tell(...times(30, { ok: 10 }));
  story.tell(...times(60, { ok: 9, failed: 1 }));
  expect(story.states).toEqual(['healthy', 'degraded']);
  story.tell(...times(60, { ok: 7, failed: 3 }));
  expect(story.states).toEqual(['healthy', 'degraded', 'unhealthy']);
});

test('one bad replica among many merges into a rate, not into an outage', () => {
  const story = new Story().tell({ ok: 5 });
  for (let second = 0; second < 5; second++) story.tell({ ok: 50, failed: 1 });
  expect(story.states).toEqual(['healthy']);
});

test('an outlier among its peers is degraded', () => {
  const story = new Story();
  story.floor = 0.99;
  story.tell({ ok: 5 }, ...times(30, { ok: 29, failed: 1 }));
  expect(story.states).toEqual(['healthy', 'degraded']);
});

describe('maintenance', () => {
  test("is the operator's alone: nothing that is observed changes it", () => {
    const story = new Story().tell({ ok: 5 });
    story.inMaintenance = true;
    story.tell({}, ...times(5, { failed: 3 }), ...times(5, { ok: 3 }));
    expect(story.states).toEqual(['healthy', 'maintenance']);
  });

  test('ends in not tested: what was before it says nothing', () => {
    const story = new Story().tell({ ok: 5 }, ...times(3, { failed: 1 }));
    story.inMaintenance = true;
    story.tell({}, {});
    story.inMaintenance = false;
    expect(story.tell({}, {}).states.slice(1)).toEqual(['unavailable', 'maintenance', 'not_tested']);
    expect(story.tell({ ok: 1 }).states.at(-1)).toBe('healthy');
  });
});

test('a reason names the models that fail where others do not', () => {
  const story = new Story().tell({ ok: 5, model: 'good' });
  story.tell(...times(30, { failed: 1, model: 'bad' }).flatMap((bad) => [bad, { ok: 2, model: 'good' }]));
  expect(story.record.state).toBe('unhealthy');
  expect(story.record.reason).toContain('models that fail: bad');
  const all = new Story().tell({ ok: 5 }, ...times(3, { failed: 1 }));
  expect(all.record.reason).toBe('3 failures in a row (limit 3)');
});

test('a state from before a restart goes on, also when the wall clock was set back', () => {
  const story = new Story();
  story.record = { ...story.record, state: 'unavailable', sinceMs: WALL_AT_START_MS + 600_000 };
  story.tell({}, ...times(3, { ok: 1 }));
  expect(story.states).toEqual(['degraded']);
});
