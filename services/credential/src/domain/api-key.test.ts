import { expect, test } from 'vitest';
import { isLive, rotationTimes } from './api-key.ts';

const live = (expiresAtMs?: number, revokedAtMs?: number) => isLive({ expiresAtMs, revokedAtMs }, 1_000);

test('a key works until the millisecond in which it expires, and not once it is revoked', () => {
  expect(live()).toBe(true);
  expect(live(1_001)).toBe(true);
  expect(live(1_000)).toBe(false);
  expect(live(undefined, 1_000)).toBe(false);
  expect(live(undefined, 9_999)).toBe(false);
});

test('with an overlap the old key expires at its end, without one it is revoked', () => {
  const key = { createdAtMs: 0, expiresAtMs: undefined };
  expect(rotationTimes(key, { nowMs: 500, overlapMs: 100 })).toEqual({
    old: { expiresAtMs: 600, revokedAtMs: undefined },
    successorExpiresAtMs: undefined,
  });
  expect(rotationTimes(key, { nowMs: 500, overlapMs: 0 }).old).toEqual({
    expiresAtMs: undefined,
    revokedAtMs: 500,
  });
});

test('an overlap never prolongs a key, and the successor lives as long as the old key was given', () => {
  const times = rotationTimes({ createdAtMs: 100, expiresAtMs: 550 }, { nowMs: 500, overlapMs: 100 });
  expect(times.old.expiresAtMs).toBe(550);
  expect(times.successorExpiresAtMs).toBe(950);
});
