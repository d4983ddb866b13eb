import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { Permit } from './permit.ts';

type Step = { waitMs: number; act: 'acquire' | 'succeed' | 'fail' | 'abandon' | 'lose' };

const steps = fc.array(
  fc.record<Step>({
    waitMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(40_000)),
    act: fc.constantFrom('acquire', 'acquire', 'acquire', 'succeed', 'fail', 'fail', 'abandon', 'lose'),
  }),
  { maxLength: 150 },
);

/** Runs the steps; outcomes are reported for the oldest permit held. Calls `check` after each of them. */
function run(
  history: Step[],
  check: (seen: { breaker: CircuitBreaker; nowMs: number; held: Permit[] }) => void,
) {
  const breaker = new CircuitBreaker();
  const held: Permit[] = [];
  let nowMs = 0;
  for (const { waitMs, act } of history) {
    nowMs += waitMs;
    if (act === 'acquire') {
      const permit = breaker.tryAcquire(nowMs);
      if (permit !== undefined) held.push(permit);
    } else {
      report({ breaker, act, permit: held.shift(), nowMs });
    }
    check({ breaker, nowMs, held });
  }
}

function report({
  breaker,
  act,
  permit,
  nowMs,
}: {
  breaker: CircuitBreaker;
  act: Step['act'];
  permit: Permit | undefined;
  nowMs: number;
}) {
  if (permit === undefined) return;
  if (act === 'succeed') breaker.onSuccess(permit, nowMs);
  if (act === 'fail') breaker.onFailure(permit, nowMs);
  if (act === 'abandon') breaker.onAbandoned(permit, nowMs);
}

test('never more than 3 probes are under way, whatever is reported, lost or late', () => {
  fc.assert(
    fc.property(steps, (history) => {
      run(history, ({ breaker, nowMs }) => {
        expect(breaker.snapshot(nowMs).probesInFlight).toBeLessThanOrEqual(3);
      });
    }),
  );
});

test('gives leave exactly when it says that it admits', () => {
  fc.assert(
    fc.property(steps, (history) => {
      run(history, ({ breaker, nowMs, held }) => {
        const admitted = breaker.admits(nowMs);
        const permit = breaker.tryAcquire(nowMs);
        expect(permit !== undefined).toBe(admitted);
        if (permit !== undefined) held.push(permit);
      });
    }),
  );
});

test('never wedges: one minute after any history it lets a call through', () => {
  fc.assert(
    fc.property(steps, (history) => {
      let last: { breaker: CircuitBreaker; nowMs: number } = { breaker: new CircuitBreaker(), nowMs: 0 };
      run(history, (seen) => {
        last = seen;
      });
      expect(last.breaker.tryAcquire(last.nowMs + 60_000)).toBeDefined();
    }),
  );
});

test('asking for the state changes nothing: a breaker that is asked all the time behaves like one that is not', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const quiet: unknown[] = [];
      const asked: unknown[] = [];
      run(history, ({ held }) => quiet.push(held.map(({ kind, epoch }) => [kind, epoch])));
      run(history, ({ breaker, nowMs, held }) => {
        breaker.state(nowMs);
        breaker.admits(nowMs);
        breaker.snapshot(nowMs);
        asked.push(held.map(({ kind, epoch }) => [kind, epoch]));
      });
      expect(asked).toEqual(quiet);
    }),
  );
});
