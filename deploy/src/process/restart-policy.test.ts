import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_RESTARTS, RESTART_WINDOW_MS, restartDelayMs } from './restart-policy.ts';

it('waits twice as long after each death of the last minute', () => {
  const deaths: number[] = [];
  const delays = [0, 1_000, 3_000, 6_000].map((atMs) => {
    deaths.push(atMs);
    return restartDelayMs(deaths, atMs);
  });
  expect(delays).toEqual([500, 1_000, 2_000, 4_000]);
});

it('begins anew for a process that has lived for a minute', () => {
  expect(restartDelayMs([0, 1_000, 2_000, 90_000], 90_000)).toBe(500);
});

it('restarts at most five times in any minute, however often and soon a process dies', () => {
  const lives = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 20, maxLength: 60 });
  fc.assert(
    fc.property(lives, (livedMs) => {
      const deaths: number[] = [];
      const restarts: number[] = [];
      let nowMs = 0;
      for (const lived of livedMs) {
        nowMs += lived;
        deaths.push(nowMs);
        nowMs += restartDelayMs(deaths, nowMs);
        restarts.push(nowMs);
      }
      return restarts.every((atMs, i) => {
        const sixth = restarts[i + MAX_RESTARTS];
        return sixth === undefined || sixth - atMs >= RESTART_WINDOW_MS;
      });
    }),
  );
});
