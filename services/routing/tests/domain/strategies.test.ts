import { Strategy } from '@switchyard/contracts/routing';
import { seededRandom } from '@switchyard/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceOf } from '../../src/domain/decide/confidence.ts';
import type { Contender } from '../../src/domain/strategies/contender.ts';
import { findStrategy } from '../../src/domain/strategies/find-strategy.ts';
import type { OrderContext, OrderingStrategy } from '../../src/domain/strategies/strategy.ts';
import { contender } from './contender.ts';
import { decide } from './decide-all.ts';
import { decideInputs, STRATEGIES } from './decide-inputs.ts';

const context = (more: Partial<OrderContext> = {}): OrderContext => ({
  random: seededRandom(1n),
  compositeWeights: undefined,
  ...more,
});
const strategy = (kind: Strategy) => findStrategy(kind) as OrderingStrategy;
const order = (kind: Strategy, contenders: readonly Contender[], more: Partial<OrderContext> = {}) =>
  strategy(kind)
    .order(contenders, context(more))
    .scored.map(({ contender: { key } }) => key);

/** How often each comes first in so many draws. */
function shares(kind: Strategy, contenders: readonly Contender[], draws: number): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(contenders.map(({ key }) => [key, 0]));
  for (let seed = 0; seed < draws; seed++) {
    const [first] = order(kind, contenders, { random: seededRandom(BigInt(seed)) });
    if (first !== undefined) counts[first] = (counts[first] ?? 0) + 1 / draws;
  }
  return counts;
}

test('the cheapest that fits wins under cost, and unknown is never cheap', () => {
  fc.assert(
    fc.property(decideInputs({ minLength: 1, maxLength: 40 }), (input) => {
      const asked = { ...input.needs, strategy: Strategy.COST, preferredProviders: [] };
      const { ranked } = decide({
        ...input,
        needs: asked,
        snapshot: { ...input.snapshot, health: new Map() },
      });
      const first = ranked[0]?.estimatedCost;
      const known = ranked.flatMap(({ estimatedCost }) =>
        estimatedCost === undefined ? [] : [estimatedCost],
      );
      const [least] = known.sort((a, b) => Number(a - b));
      expect(first).toBe(least);
    }),
  );
});

test('no excluded candidate is ever ranked, and each constraint that is added leaves a subset, under every strategy', () => {
  fc.assert(
    fc.property(
      decideInputs({ minLength: 1, maxLength: 60 }),
      fc.constantFrom('a', 'b', 'c'),
      (input, banned) => {
        // Health apart: when fewer are left, panic may bring back who was out of service.
        const base = { ...input, snapshot: { ...input.snapshot, health: new Map() } };
        const loose = decide(base);
        const strict = decide({
          ...base,
          needs: { ...input.needs, excludedProviders: new Set([...input.needs.excludedProviders, banned]) },
        });
        const keys = new Set(loose.ranked.map(({ key }) => key));
        expect(loose.excluded.some(({ offering }) => keys.has(offering.key))).toBe(false);
        expect(strict.ranked.every(({ key, provider }) => keys.has(key) && provider.id !== banned)).toBe(
          true,
        );
      },
    ),
  );
});

test('under weighted, shares are within 1 % of the weights over 100,000 draws; degraded count a quarter, 0 nothing', () => {
  const contenders = [
    contender('a', { weight: 50 }),
    contender('b', { weight: 30 }),
    contender('c', { weight: 20 }),
    contender('d', { weight: 80, tier: 1 }),
    contender('e', { weight: 0 }),
  ];
  const counted = shares(Strategy.WEIGHTED, contenders, 100_000);
  for (const [key, share] of [
    ['a', 50 / 120],
    ['b', 30 / 120],
    ['c', 20 / 120],
    ['d', 20 / 120],
    ['e', 0],
  ] as const)
    expect(Math.abs((counted[key] ?? 1) - share), key).toBeLessThan(0.01);
});

test('weights of 0 serve where there are no others, all alike', () => {
  const counted = shares(
    Strategy.WEIGHTED,
    [contender('a', { weight: 0 }), contender('b', { weight: 0 })],
    20_000,
  );
  expect(counted.a).toBeCloseTo(0.5, 1);
});

test('by load, weights of 0 take nothing while others can; where there are no others, all count alike', () => {
  const zeroes = ['y', 'z'].map((key) => contender(key, { weight: 0, costNanoUsd: 1 }));
  const one = [contender('a', { weight: 100, active: 50 }), ...zeroes];
  expect(shares(Strategy.LEAST_LOADED, one, 300)).toEqual({ a: expect.closeTo(1), y: 0, z: 0 });
  const { propensity, scored } = strategy(Strategy.LEAST_LOADED).order(one, context());
  expect(propensity).toBe(1);
  expect(scored.map(({ score }) => score)).toEqual([0.51, undefined, undefined]);
  const two = [contender('a', { active: 9 }), contender('b'), ...zeroes];
  expect(shares(Strategy.LEAST_LOADED, two, 300)).toEqual({ a: 0, b: expect.closeTo(1), y: 0, z: 0 });
  const none = [contender('busy', { weight: 0, active: 3 }), contender('idle', { weight: 0 })];
  expect(order(Strategy.LEAST_LOADED, none)).toEqual(['idle', 'busy']);
});

test('a weight of 0 counts only under strategies that go by weights', () => {
  const pair = [
    contender('a', { weight: 0, latencyMs: 10, costNanoUsd: 1, priority: 1, successRate: 1 }),
    contender('b', { weight: 5, latencyMs: 20, costNanoUsd: 2, priority: 2, successRate: 0.5, idleMs: 5 }),
  ];
  const isByWeight = (kind: Strategy) => kind === Strategy.WEIGHTED || kind === Strategy.LEAST_LOADED;
  for (const kind of STRATEGIES) expect(order(kind, pair)[0], `${kind}`).toBe(isByWeight(kind) ? 'b' : 'a');
});

test('for 30 s after a recovery the weight grows from a tenth to the whole', () => {
  const shareAfter = (recoveredMs: number | undefined) =>
    strategy(Strategy.WEIGHTED)
      .order([contender('a', { recoveredMs, weight: 100 })], context())
      .scored.map(({ score }) => 1 / (score ?? 0))[0];
  expect([0, 15_000, 30_000, undefined].map(shareAfter)).toEqual([10, 50, 100, 100]);
});

test.each([Strategy.WEIGHTED, Strategy.LATENCY, Strategy.LEAST_LOADED])(
  'the propensity under strategy %i is how often one really comes first',
  (kind) => {
    const contenders = [
      contender('a', { weight: 10, latencyMs: 100 }),
      contender('b', { weight: 20, latencyMs: 200, active: 1 }),
      contender('c', { weight: 30, active: 3 }),
      contender('d', { weight: 40, latencyMs: 50, active: 9, tier: 1 }),
    ];
    const counted = shares(kind, contenders, 50_000);
    for (let seed = 0; seed < 40; seed++) {
      const { scored, propensity } = strategy(kind).order(
        contenders,
        context({ random: seededRandom(BigInt(seed)) }),
      );
      expect(counted[scored[0]?.contender.key ?? '']).toBeCloseTo(propensity, 1.8);
    }
  },
);

test('the worse of two never comes first by latency; of several the worst does not', () => {
  const pair = [contender('fast', { latencyMs: 10 }), contender('slow', { latencyMs: 11 })];
  expect(shares(Strategy.LATENCY, pair, 500).slow).toBe(0);
});

test('by latency and by load, requests under way count: a fast one that is busy comes after a slower idle one', () => {
  const busy = contender('busy', { latencyMs: 100, active: 9 });
  const idle = contender('idle', { latencyMs: 300 });
  for (const kind of [Strategy.LATENCY, Strategy.LEAST_LOADED])
    expect(order(kind, [busy, idle])).toEqual(['idle', 'busy']);
  const large = contender('large', { weight: 1_000, active: 5 });
  expect(order(Strategy.LEAST_LOADED, [contender('small', { active: 1 }), large])[0]).toBe('large');
});

test('what is unknown: latency is the median of the known, cost the dearest, a success rate 0.95', () => {
  const scoreOf = (kind: Strategy, contenders: readonly Contender[], key: string) =>
    strategy(kind)
      .order(contenders, context())
      .scored.find((one) => one.contender.key === key)?.score;
  const known = [10, 20, 90].map((latencyMs) => contender(`k${latencyMs}`, { latencyMs }));
  expect(scoreOf(Strategy.LATENCY, [...known, contender('new')], 'new')).toBe(20);
  const priced = [contender('cheap', { costNanoUsd: 1 }), contender('dear', { costNanoUsd: 9 })];
  const unknown = contender('unknown', { costNanoUsd: undefined });
  expect(scoreOf(Strategy.COMPOSITE, [...priced, unknown], 'unknown')).toBe(
    scoreOf(Strategy.COMPOSITE, [...priced, unknown], 'dear'),
  );
  const rated = [0.9, 0.99].map((successRate) => contender(`r${successRate}`, { successRate }));
  expect(order(Strategy.HEALTH, [...rated, contender('new')])).toEqual(['r0.99', 'new', 'r0.9']);
});

test('the least recently used is called first, one never called before all', () => {
  const used = [5, 900, 30].map((idleMs) => contender(`idle${idleMs}`, { idleMs }));
  expect(order(Strategy.LEAST_RECENTLY_USED, [...used, contender('never')])).toEqual([
    'never',
    'idle900',
    'idle30',
    'idle5',
  ]);
});

test('a composite score is a sum by weights: what counts nothing does not matter', () => {
  const contenders = [
    contender('cheap', { costNanoUsd: 1, latencyMs: 900, priority: 3 }),
    contender('fast', { costNanoUsd: 500, latencyMs: 20, priority: 2 }),
    contender('first', { costNanoUsd: 1_000, latencyMs: 1_000, priority: 1 }),
  ];
  const first = (weights: Partial<Record<'priority' | 'health' | 'cost' | 'latency', number>>) =>
    order(Strategy.COMPOSITE, contenders, {
      compositeWeights: { priority: 0, health: 0, cost: 0, latency: 0, ...weights },
    })[0];
  expect(first({ cost: 2 })).toBe('cheap');
  expect(first({ latency: 0.1 })).toBe('fast');
  expect(first({ priority: 7 })).toBe('first');
});

test('confidence lies in 0 to 1', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...STRATEGIES),
      decideInputs({ minLength: 1, maxLength: 40 }),
      (kind, input) => {
        const { confidence } = decide({ ...input, needs: { ...input.needs, strategy: kind } });
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      },
    ),
  );
});

/** A contender that is as bad as this in everything, from 0 to 1. */
const asBadAs = (key: string, badness: number, traits: Partial<Contender> = {}) =>
  contender(key, {
    priority: Math.round(1_000 * badness),
    costNanoUsd: Math.round(1_000 * (1 + badness)),
    weight: 1 + Math.round(1_000 * (1 - badness)),
    active: Math.round(50 * badness),
    latencyMs: 10 + 1_000 * badness,
    successRate: 1 - badness,
    idleMs: 10_000 * (1 - badness),
    ...traits,
  });

test.each(STRATEGIES)('under strategy %i confidence grows as the second gets worse', (kind) => {
  // A sum of scaled parts is 0 for who is best in all of them, and then nothing can be clearer: here it is not.
  const traits = kind === Strategy.COMPOSITE ? { priority: 5_000 } : {};
  const compositeWeights = { priority: 0.1, health: 1, cost: 1, latency: 1 };
  const confidenceAt = (badness: number, seed: bigint) => {
    const three = [asBadAs('first', 0.1, traits), asBadAs('second', badness), asBadAs('last', 1)];
    const drawn = strategy(kind).order(three, context({ random: seededRandom(seed), compositeWeights }));
    fc.pre(drawn.scored.map((one) => one.contender.key).join() === 'first,second,last');
    return confidenceOf([drawn]);
  };
  const aSeed = fc.bigInt(0n, 2n ** 64n - 1n);
  fc.assert(
    fc.property(
      aSeed,
      fc.integer({ min: 15, max: 85 }),
      fc.integer({ min: 3, max: 80 }),
      (seed, bad, more) => {
        const before = confidenceAt(bad / 100, seed);
        const after = confidenceAt(Math.min(95, bad + more) / 100, seed);
        expect(before).toBeGreaterThan(0.5);
        expect(after).toBeGreaterThan(before);
      },
    ),
  );
});
