import { Strategy } from '@switchyard/contracts/routing';
import { seededRandom } from '@switchyard/kernel';
import { PeakEwma } from '@switchyard/resilience';
import { expect, test } from 'vitest';
import { findStrategy } from '../../src/domain/strategies/find-strategy.ts';
import type { OrderingStrategy } from '../../src/domain/strategies/strategy.ts';
import { contender } from './contender.ts';

const FAST_MS = 100;
const SLOW_MS = 1_000;
const strategy = findStrategy(Strategy.LATENCY) as OrderingStrategy;

/** A target that answers after about so long. */
class Target {
  readonly #latency = new PeakEwma();
  readonly name: string;
  readonly #typicalMs: number;
  active = 0;
  calls = 0;
  #calledAtMs: number | undefined;

  constructor(name: string, typicalMs: number) {
    this.name = name;
    this.#typicalMs = typicalMs;
  }

  seenAt(nowMs: number) {
    const idleMs = this.#calledAtMs === undefined ? undefined : nowMs - this.#calledAtMs;
    return {
      ...contender(this.name),
      active: this.active,
      latencyMs: this.#latency.valueMs,
      idleMs,
      target: this,
    };
  }

  /** @returns when it answers */
  call(nowMs: number, random: number): number {
    this.active += 1;
    this.calls += 1;
    this.#calledAtMs = nowMs;
    return nowMs + this.#typicalMs * (0.5 + random);
  }

  answer(begunAtMs: number, nowMs: number): void {
    this.active -= 1;
    this.#latency.observe(nowMs - begunAtMs, nowMs);
  }
}

/** Callers that each ask again as soon as they are answered, for some minutes. */
function closedLoop({
  callers,
  minutes,
  seed,
}: {
  callers: number;
  minutes: number;
  seed: bigint;
}): Target[] {
  const random = seededRandom(seed);
  const targets = ['a', 'b', 'c', 'd'].map((name) => new Target(name, FAST_MS));
  targets.push(new Target('slow', SLOW_MS));
  const ends: { atMs: number; begunAtMs: number; target: Target }[] = [];
  const ask = (nowMs: number) => {
    const context = { random, compositeWeights: undefined };
    const [first] = strategy.order(
      targets.map((target) => target.seenAt(nowMs)),
      context,
    ).scored;
    const target = first?.contender.target as Target;
    ends.push({ atMs: target.call(nowMs, random()), begunAtMs: nowMs, target });
  };
  for (let i = 0; i < callers; i++) ask(i);
  for (;;) {
    ends.sort((a, b) => b.atMs - a.atMs);
    const next = ends.pop();
    if (next === undefined || next.atMs > minutes * 60_000) return targets;
    next.target.answer(next.begunAtMs, next.atMs);
    ask(next.atMs);
  }
}

test.each([2, 8, 24])(
  'A7: one of five that is 10 times slower gets at most 3 percent of the traffic of %d callers',
  (callers) => {
    for (const seed of [1n, 2n, 3n]) {
      const targets = closedLoop({ callers, minutes: 3, seed });
      const all = targets.reduce((sum, { calls }) => sum + calls, 0);
      const slow = targets.find(({ name }) => name === 'slow')?.calls ?? all;
      expect(slow / all, `${slow} of ${all}`).toBeLessThanOrEqual(0.03);
      // It is tried again from time to time, and the others share the rest.
      expect(slow).toBeGreaterThan(1);
      for (const { name, calls } of targets) if (name !== 'slow') expect(calls / all).toBeGreaterThan(0.15);
    }
  },
);
