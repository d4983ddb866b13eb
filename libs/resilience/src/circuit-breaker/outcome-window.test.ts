import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OutcomeWindow } from './outcome-window.ts';

const WINDOW_MS = 1000;
const BUCKET_MS = WINDOW_MS / 10;

/** What the window should hold, worked out from the whole history. */
function counted(history: { atMs: number; failed: boolean }[], nowMs: number) {
  const oldestTick = Math.floor(nowMs / BUCKET_MS) - 9;
  const inside = history.filter(({ atMs }) => Math.floor(atMs / BUCKET_MS) >= oldestTick);
  return { calls: inside.length, failures: inside.filter(({ failed }) => failed).length };
}

test('holds exactly the outcomes of the last ten buckets, whatever the gaps between them', () => {
  const step = fc.record({ waitMs: fc.nat(2500), failed: fc.boolean() });
  fc.assert(
    fc.property(fc.nat(1e9), fc.array(step, { maxLength: 60 }), (startMs, steps) => {
      const window = new OutcomeWindow(WINDOW_MS);
      const history: { atMs: number; failed: boolean }[] = [];
      let nowMs = startMs;
      for (const { waitMs, failed } of steps) {
        nowMs += waitMs;
        if (failed) window.addFailure(nowMs);
        else window.addSuccess(nowMs);
        history.push({ atMs: nowMs, failed });
        expect({ calls: window.calls, failures: window.failures }).toEqual(counted(history, nowMs));
      }
    }),
  );
});

test('is empty one window after the last outcome', () => {
  const window = new OutcomeWindow(WINDOW_MS);
  window.addFailure(50);
  window.expire(999);
  expect(window.calls).toBe(1);
  window.expire(1000);
  expect(window.calls).toBe(0);
});

test('counts an outcome with an earlier time in the newest bucket', () => {
  const window = new OutcomeWindow(WINDOW_MS);
  window.addFailure(5000);
  window.addFailure(4950);
  window.expire(5999);
  expect(window.failures).toBe(2);
  window.expire(6000);
  expect(window.failures).toBe(0);
});
