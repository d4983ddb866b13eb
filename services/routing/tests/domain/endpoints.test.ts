import { ProviderMode, Strategy } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Choice, decide as decideOn } from '../../src/domain/decide/decide.ts';
import { rank } from '../../src/domain/decide/rank.ts';
import { findStrategy } from '../../src/domain/strategies/find-strategy.ts';
import type { OrderingStrategy } from '../../src/domain/strategies/strategy.ts';
import { contender } from './contender.ts';
import { decide } from './decide-all.ts';
import { decideInputs, STRATEGIES } from './decide-inputs.ts';
import { expectSameChoice } from './expect-same-choice.ts';
import { needs, type OfferingTraits, offering, snapshotOf, working } from './offerings.ts';
import { recordOf } from './record-of.ts';

const DRAWS = 100_000;
const keys = ({ ranked }: Choice) => ranked.map(({ key }) => key);

/** One endpoint of a provider, as a contender. */
const endpoint = (provider: string, id: string, weight: number) =>
  contender(`${provider}#${id}`, {
    sharedKey: provider,
    balancingGroup: provider,
    endpoint: { id, weight },
    weight: provider === 'a' ? 100 : 300,
    latencyMs: id.length * 100,
    active: id.length,
    successRate: 0.9,
    idleMs: 1_000,
  });
const CONTENDERS = [
  endpoint('a', 'x', 100),
  endpoint('a', 'yy', 100),
  endpoint('a', 'zzz', 200),
  endpoint('a', 'spare', 0),
  endpoint('b', 'x', 1),
  endpoint('b', 'yy', 3),
];

test.each(STRATEGIES)(
  'under strategy %i endpoints share what their provider gets within 1 % of their weights, and the propensity says so',
  (kind) => {
    const strategy = findStrategy(kind) as OrderingStrategy;
    const first = new Map<string, { count: number; propensity: number }>();
    for (let seed = 0; seed < DRAWS; seed++) {
      const { scored, propensity } = rank(CONTENDERS, {
        ...{ strategy, seed: BigInt(seed), compositeWeights: undefined, preferredCount: 0 },
        fitting: CONTENDERS.length,
      });
      const key = scored[0]?.contender.key ?? '';
      first.set(key, { count: (first.get(key)?.count ?? 0) + 1, propensity });
    }
    for (const provider of ['a', 'b']) {
      const members = CONTENDERS.filter(({ sharedKey }) => sharedKey === provider);
      const total = members.reduce((sum, { endpoint: one }) => sum + (one?.weight ?? 0), 0);
      const got = members.map(({ key }) => first.get(key)?.count ?? 0);
      const ofProvider = got.reduce((sum, count) => sum + count, 0);
      members.forEach(({ key, endpoint: one }, i) => {
        const share = (got[i] ?? 0) / DRAWS;
        expect(Math.abs(share - ((one?.weight ?? 0) / total) * (ofProvider / DRAWS))).toBeLessThan(0.01);
        expect(Math.abs(share - (first.get(key)?.propensity ?? 0))).toBeLessThan(0.01);
      });
    }
  },
  60_000,
);

test('the endpoints of the chosen provider come one after the other, before the next provider', () => {
  const strategy = findStrategy(Strategy.COST) as OrderingStrategy;
  const options = { strategy, seed: 1n, compositeWeights: undefined, preferredCount: 0, fitting: 6 };
  const { scored, reason } = rank(CONTENDERS, options);
  expect(scored.map(({ contender: { sharedKey } }) => sharedKey).join('')).toBe('aaaabb');
  expect(scored[3]?.contender.endpoint?.id).toBe('spare');
  expect(reason).toMatch(
    /^cheapest of 6 candidates that fit, about \$0.000001; by \w+, drawn by weight from 4/,
  );
});

test('no excluded endpoint is ever ranked, and each constraint that is added leaves a subset', () => {
  fc.assert(
    fc.property(decideInputs({ minLength: 1, maxLength: 30 }, 'endpoints'), (input) => {
      // Health apart: when fewer are left, panic may bring back who was out of service.
      const base = { ...input, snapshot: { ...input.snapshot, health: new Map() } };
      const loose = decide(base);
      const strict = decide({ ...base, needs: { ...base.needs, residency: new Set(['eu-west']) } });
      const fits = new Set(keys(loose));
      expect(loose.excluded.some(({ offering: { key } }) => fits.has(key))).toBe(false);
      for (const { key, offering: chosen, state } of strict.ranked) {
        expect(fits.has(key)).toBe(true);
        expect(chosen.residency).toEqual(['eu-west']);
        expect(chosen.provider.mode).toBe(ProviderMode.ENABLED);
        expect(state.breakerAdmits).toBe(true);
      }
    }),
  );
});

test.each(['all', 'enough'] as const)(
  'a decision with endpoints that looked at %s is made again from its record alone, bit for bit',
  (look) => {
    fc.assert(
      fc.property(decideInputs({ minLength: 1, maxLength: 150 }, 'endpoints'), (input) => {
        expectSameChoice(recordOf({ ...input, look }));
      }),
      { numRuns: 300 },
    );
  },
);

test.each(STRATEGIES)(
  'a decision among more endpoints than a record lists is made again, under strategy %i',
  (strategy) => {
    const endpoints = ['x', 'y', 'z'].map((id, i) => ({ id, weight: i }));
    const all = Array.from({ length: 60 }, (_, i) => {
      const prices = { input: BigInt(1 + ((i * 37) % 60)) * 1_000_000n, output: 1_000_000n };
      return offering({ provider: `p${i}`, weight: 1 + i, prices, endpoints: i % 4 === 0 ? [] : endpoints });
    });
    for (let seed = 0n; seed < 20n; seed++) {
      const input = { needs: needs({ strategy }), snapshot: snapshotOf(all), stateOf: working, seed };
      expectSameChoice(recordOf({ ...input, look: 'all', measured: () => [] }));
    }
  },
);

test('a choice with endpoints among many begins as one that looks at all', () => {
  fc.assert(
    fc.property(decideInputs({ minLength: 90, maxLength: 160 }, 'endpoints'), (input) => {
      const all = decideOn({ ...input, look: 'all' });
      const enough = decideOn({ ...input, look: 'enough' });
      expect(keys(enough)[0]).toBe(keys(all)[0]);
      expect(enough.scores[0]).toBe(all.scores[0]);
      expect(enough.propensity).toBe(all.propensity);
    }),
    { numRuns: 60 },
  );
});

const twoEndpoints = (traits: Partial<OfferingTraits> = {}) =>
  offering({
    provider: 'p',
    tags: ['soc2'],
    endpoints: [
      { id: 'eu', region: 'eu-west', tags: ['gdpr'] },
      { id: 'us', region: 'us-east' },
    ],
    ...traits,
  });
const choose = (change: Parameters<typeof needs>[0], more: object = {}) =>
  decide({ needs: needs(change), snapshot: snapshotOf([twoEndpoints()]), stateOf: working, ...more });
const reasons = ({ excluded }: Choice) =>
  excluded.map(({ offering: { key }, exclusions }) => [key, exclusions.map(({ constraint }) => constraint)]);

test('what excludes one endpoint leaves the other', () => {
  for (const [change, constraint] of [
    [{ residency: new Set(['eu-west'] as const) }, 'residency'],
    [{ tags: ['gdpr', 'soc2'] }, 'tags'],
  ] as const) {
    const choice = choose(change);
    expect(keys(choice)).toEqual(['/p/m#eu']);
    expect(reasons(choice)).toEqual([['/p/m#us', [constraint]]]);
    expect(choice.propensity).toBe(1);
    expect(choice.reason).toBe('the only candidate that fits; by eu, its only endpoint that fits');
  }
  const stateOf = ({ provider }: { provider: { endpoint: { id: string } | undefined } }) => ({
    ...working(),
    credential: provider.endpoint?.id === 'eu' ? ('missing' as const) : ('ready' as const),
  });
  expect(reasons(choose({}, { stateOf }))).toEqual([['/p/m#eu', ['credential']]]);
});

test('a probe leaves alone an endpoint whose breaker is open while another one works, else goes there', () => {
  const openAt = (...ids: string[]) => ({
    stateOf: ({ provider }: { provider: { endpoint: { id: string } | undefined } }) => ({
      ...working(),
      breakerAdmits: !ids.includes(provider.endpoint?.id ?? ''),
      breaker: 'open',
    }),
  });
  expect(keys(choose({ isProbe: true }, openAt('eu')))).toEqual(['/p/m#us']);
  expect(reasons(choose({ isProbe: true }, openAt('eu')))).toEqual([['/p/m#eu', ['breaker']]]);
  expect(keys(choose({ isProbe: true }, openAt('eu', 'us')))).toHaveLength(2);
});

test('a provider that takes no part, or is in maintenance, has no endpoint that does', () => {
  for (const mode of [ProviderMode.DISABLED, ProviderMode.MAINTENANCE]) {
    const all = [twoEndpoints({ mode })];
    expect(keys(decide({ needs: needs(), snapshot: snapshotOf(all), stateOf: working }))).toEqual([]);
  }
});
