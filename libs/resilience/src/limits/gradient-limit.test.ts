import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GradientLimit } from './gradient-limit.ts';

function observe(
  limit: GradientLimit,
  calls: number,
  { rttMs, inFlight }: { rttMs: number; inFlight?: number },
) {
  for (let i = 0; i < calls; i++) limit.observe(rttMs, inFlight ?? limit.limit);
}

test('it rises while it is used and answers come as fast as ever', () => {
  const limit = new GradientLimit({ initial: 20, most: 100 });
  observe(limit, 50, { rttMs: 100 });
  expect(limit.limit).toBeGreaterThan(50);
  observe(limit, 500, { rttMs: 100 });
  expect(limit.limit).toBe(100);
});

test('it does not rise where less than half of it is in use', () => {
  const limit = new GradientLimit({ initial: 20 });
  observe(limit, 100, { rttMs: 100, inFlight: 9 });
  expect(limit.limit).toBe(20);
});

test('it falls as answers get slower, and comes back as they get faster again', () => {
  const limit = new GradientLimit({ initial: 100 });
  observe(limit, 200, { rttMs: 100, inFlight: 1 });
  observe(limit, 50, { rttMs: 400 });
  const fallen = limit.limit;
  expect(fallen).toBeLessThan(50);
  expect(fallen).toBeGreaterThanOrEqual(4);
  observe(limit, 300, { rttMs: 100 });
  expect(limit.limit).toBeGreaterThan(fallen);
});

test('it falls with refusals for load, never below its least', () => {
  const limit = new GradientLimit({ initial: 20, least: 4 });
  limit.overloaded();
  expect(limit.limit).toBe(18);
  for (let i = 0; i < 100; i++) limit.overloaded();
  expect(limit.limit).toBe(4);
});

/** A target that answers so many at once; the others wait for their turn. */
test('at a target that can do 40 at once in 100 ms it stays near that; what is slow for long becomes usual', () => {
  const limit = new GradientLimit({ initial: 10 });
  const capacity = 40;
  for (let i = 0; i < 1_000; i++) {
    const inFlight = limit.limit;
    limit.observe(100 * Math.max(1, inFlight / capacity), inFlight);
  }
  expect(limit.limit).toBeGreaterThanOrEqual(capacity);
  expect(limit.limit).toBeLessThanOrEqual(2 * capacity);
});

test('it stays within its bounds, whatever is measured', () => {
  const samples = fc.array(
    fc.record({ rttMs: fc.float({ min: 0, max: 1e6, noNaN: true }), inFlight: fc.nat(2_000) }),
  );
  fc.assert(
    fc.property(samples, (measured) => {
      const limit = new GradientLimit({ least: 4, most: 50 });
      for (const { rttMs, inFlight } of measured) {
        limit.observe(rttMs, inFlight);
        expect(limit.limit).toBeGreaterThanOrEqual(4);
        expect(limit.limit).toBeLessThanOrEqual(50);
      }
    }),
  );
});
