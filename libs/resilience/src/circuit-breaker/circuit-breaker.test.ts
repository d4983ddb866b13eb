import { describe, expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { Permit } from './permit.ts';

function acquire(breaker: CircuitBreaker, nowMs: number): Permit {
  const permit = breaker.tryAcquire(nowMs);
  if (permit === undefined) throw new Error(`no permit at ${nowMs} ms`);
  return permit;
}

function fail(breaker: CircuitBreaker, nowMs: number): void {
  breaker.onFailure(acquire(breaker, nowMs), nowMs);
}

function succeed(breaker: CircuitBreaker, nowMs: number): void {
  breaker.onSuccess(acquire(breaker, nowMs), nowMs);
}

/** Open since 0 ms, so half-open from 30 000 ms on. */
function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let i = 0; i < 5; i += 1) fail(breaker, 0);
  return breaker;
}

describe('closed', () => {
  test('opens at the 5th failure in a row and not before', () => {
    const breaker = new CircuitBreaker();
    for (let i = 0; i < 4; i += 1) fail(breaker, i);
    expect(breaker.state(4)).toBe('closed');
    fail(breaker, 4);
    expect(breaker.state(4)).toBe('open');
    expect(breaker.tryAcquire(4)).toBeUndefined();
  });

  test('a success ends the run of failures', () => {
    const breaker = new CircuitBreaker();
    for (let i = 0; i < 9; i += 1) i === 4 ? succeed(breaker, i) : fail(breaker, i);
    expect(breaker.state(9)).toBe('closed');
  });

  test('opens when half of 20 calls fail, none of them 5 in a row', () => {
    const breaker = new CircuitBreaker();
    for (let i = 0; i < 19; i += 1) i % 2 === 0 ? succeed(breaker, i) : fail(breaker, i);
    expect(breaker.state(19)).toBe('closed'); // 9 of 19
    fail(breaker, 19); // 10 of 20
    expect(breaker.state(19)).toBe('open');
  });

  test('does not open below half, or when failures have left the window', () => {
    const breaker = new CircuitBreaker();
    for (let i = 0; i < 12; i += 1) i % 4 === 3 ? succeed(breaker, 0) : fail(breaker, 0); // 9 of 12 fail
    for (let i = 0; i < 30; i += 1) i % 3 === 0 ? fail(breaker, 60_000) : succeed(breaker, 60_000);
    expect(breaker.snapshot(60_000)).toMatchObject({ state: 'closed', windowCalls: 30, windowFailures: 10 });
  });

  test('all calls share one permit, so that the common path allocates nothing', () => {
    const breaker = new CircuitBreaker();
    const first = acquire(breaker, 0);
    breaker.onSuccess(first, 1);
    expect(acquire(breaker, 2)).toBe(first);
  });

  test('an abandoned call counts neither way', () => {
    const breaker = new CircuitBreaker();
    breaker.onAbandoned(acquire(breaker, 0), 0);
    expect(breaker.snapshot(0)).toMatchObject({ windowCalls: 0, failureRate: undefined });
  });
});

describe('open', () => {
  test('refuses for 30 s from the moment it opened', () => {
    const breaker = opened();
    expect(breaker.admits(29_999)).toBe(false);
    expect(breaker.snapshot(29_999)).toMatchObject({ state: 'open', retryAtMs: 30_000, timesOpened: 1 });
    expect(breaker.state(30_000)).toBe('half_open');
  });

  test('outcomes of calls that went out while it was closed neither prolong nor end it', () => {
    const breaker = new CircuitBreaker();
    const early = acquire(breaker, 0);
    for (let i = 0; i < 5; i += 1) fail(breaker, 0);
    breaker.onFailure(early, 20_000);
    breaker.onSuccess(early, 20_000);
    expect(breaker.snapshot(20_000)).toMatchObject({ state: 'open', retryAtMs: 30_000, timesOpened: 1 });
  });
});

describe('half-open', () => {
  test('lets 3 probes out at once and takes the next when one is back', () => {
    const breaker = opened();
    const probes = [1, 2, 3].map(() => acquire(breaker, 30_000));
    expect(probes.map(({ kind }) => kind)).toEqual(['probe', 'probe', 'probe']);
    expect(breaker.tryAcquire(30_000)).toBeUndefined();
    expect(breaker.admits(30_000)).toBe(false);
    breaker.onSuccess(probes[0] as Permit, 30_100);
    expect(breaker.admits(30_100)).toBe(true);
  });

  test('closes after 3 successes, with a clean record', () => {
    const breaker = opened();
    for (let i = 0; i < 3; i += 1) succeed(breaker, 30_000 + i);
    const snapshot = breaker.snapshot(30_002);
    expect(snapshot).toMatchObject({ state: 'closed', consecutiveFailures: 0, windowCalls: 0 });
  });

  test('one failed probe opens it for another 30 s', () => {
    const breaker = opened();
    succeed(breaker, 30_000);
    fail(breaker, 30_500);
    expect(breaker.state(60_499)).toBe('open');
    expect(breaker.state(60_500)).toBe('half_open');
    expect(breaker.snapshot(60_500)).toMatchObject({ probeSuccesses: 0, timesOpened: 2 });
  });

  test('an abandoned probe gives its place back without a verdict', () => {
    const breaker = opened();
    for (let i = 0; i < 10; i += 1) breaker.onAbandoned(acquire(breaker, 30_000), 30_000);
    expect(breaker.snapshot(30_000)).toMatchObject({
      state: 'half_open',
      probesInFlight: 0,
      probeSuccesses: 0,
    });
  });

  test('the outcome of one probe counts once', () => {
    const breaker = opened();
    const probe = acquire(breaker, 30_000);
    for (let i = 0; i < 3; i += 1) breaker.onSuccess(probe, 30_001);
    expect(breaker.snapshot(30_001)).toMatchObject({ state: 'half_open', probeSuccesses: 1 });
  });

  test('a lost probe opens it when its time is up, counted from then', () => {
    const breaker = opened();
    acquire(breaker, 30_000);
    expect(breaker.state(59_999)).toBe('half_open');
    expect(breaker.snapshot(60_000)).toMatchObject({ state: 'open', retryAtMs: 90_000 });
  });

  test('three lost probes do not wedge it: after a long silence the next call is let through', () => {
    const breaker = opened();
    for (let i = 0; i < 3; i += 1) acquire(breaker, 30_000);
    expect(acquire(breaker, 90_000).kind).toBe('probe');
  });

  test('a success of a lost probe that comes late is not counted', () => {
    const breaker = opened();
    const lost = acquire(breaker, 30_000);
    breaker.onSuccess(lost, 90_000);
    expect(breaker.snapshot(90_000)).toMatchObject({ state: 'half_open', probeSuccesses: 0 });
  });
});

test.each([
  { consecutiveFailures: 0 },
  { minimumCalls: 1.5 },
  { failureRate: 0 },
  { failureRate: 1.01 },
  { windowMs: 9 },
  { openMs: Number.NaN },
  { probeTimeoutMs: Number.POSITIVE_INFINITY },
  { maxProbes: -1 },
])('refuses the option %o by name', (options) => {
  expect(() => new CircuitBreaker(options)).toThrow(Object.keys(options)[0] as string);
});
