import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoopLag } from '../src/runtime/loop-lag.ts';

let nowMs = 0;
let lag: LoopLag;
beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  lag = new LoopLag({ monotonicMs: () => nowMs, wallMs: () => nowMs });
});
afterEach(() => {
  lag.dispose();
  vi.useRealTimers();
});

/** The event loop comes to it so late. */
function sample(lateMs: number): number {
  nowMs += 100 + lateMs;
  vi.advanceTimersByTime(100);
  return lag.ms;
}

test('it is as late as in its best of four samples: one pause is none', () => {
  expect([0, 3_000, 0, 0].map(sample)).toEqual([0, 0, 0, 0]);
  expect([700, 900, 600, 800].map(sample)).toEqual([0, 0, 0, 600]);
  expect([800, 800].map(sample)).toEqual([600, 600]);
  expect([800, 0].map(sample)).toEqual([800, 0]);
});
