import { ProviderLimits } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { type Quota, quotasOf } from '../src/domain/limits/quota.ts';
import { LonePart, type Told } from '../src/runtime/limits/lone-part.ts';

const [quota] = quotasOf(ProviderLimits.fromPartial({ requestsPerMinute: 600, burstRequests: 100 }), {
  tenant: '',
  provider: 'p',
  endpoint: '',
}) as [Quota];
const NOW_MS = 1_000_000;

const partOf = (told: Told | undefined, { unused = 0, replicas = 2 } = {}) =>
  new LonePart({ quota, replicas, told, unused, nowMs: NOW_MS });

/** Calls that can be made at once. */
function free(part: LonePart, nowMs = NOW_MS): number {
  let calls = 0;
  for (; part.waitMs(1, nowMs) === 0; calls++) part.take(1, nowMs);
  return calls;
}

test.each<[string, LonePart, number]>([
  ['all of its part where the store never told', partOf(undefined), 50],
  ['its part of what was left', partOf({ used: 60, atMs: NOW_MS }), 20],
  ['and what it was granted and has not used', partOf({ used: 60, atMs: NOW_MS }, { unused: 5 }), 25],
  ['less what it has used beyond', partOf({ used: 60, atMs: NOW_MS }, { unused: -5 }), 15],
  ['never more than its part', partOf({ used: 4, atMs: NOW_MS }, { unused: 4 }), 50],
  ['nothing where nothing was left', partOf({ used: 100, atMs: NOW_MS }), 0],
  ['of what came in the last second nothing', partOf({ used: 100, atMs: NOW_MS - 1_000 }), 0],
  ['its part of what came before', partOf({ used: 100, atMs: NOW_MS - 3_000 }), 10],
  ['all for one that is the only one', partOf({ used: 60, atMs: NOW_MS }, { replicas: 1 }), 40],
])('it has %s', (_, part, calls) => {
  expect(free(part)).toBe(calls);
});

test('it fills by its part of the rate', () => {
  const part = partOf({ used: 100, atMs: NOW_MS });
  expect(free(part, NOW_MS + 1_000)).toBe(5);
});

test('the store is told what was taken, less what has come since', () => {
  const part = partOf(undefined);
  part.take(30, NOW_MS);
  expect(part.untold(NOW_MS)).toBe(30);
  expect(part.untold(NOW_MS + 2_000)).toBe(20);
  expect(part.untold(NOW_MS + 60_000)).toBe(0);
});

test('the store is told what it takes for used and is not', () => {
  const part = partOf({ used: 60, atMs: NOW_MS }, { unused: 10 });
  expect(part.untold(NOW_MS)).toBe(-10);
  part.take(4, NOW_MS);
  expect(part.untold(NOW_MS)).toBe(-6);
});

test('one that is on its own again before the store was told has what it had', () => {
  const part = partOf({ used: 60, atMs: NOW_MS }, { unused: -5 });
  part.take(7, NOW_MS);
  const again = partOf(part.told(NOW_MS), { unused: -part.untold(NOW_MS) });
  expect(again.lacking(NOW_MS)).toBeCloseTo(part.lacking(NOW_MS));
  expect(again.untold(NOW_MS)).toBeCloseTo(part.untold(NOW_MS));
});
