import { HealthState } from '@switchyard/contracts/health';
import { ProviderMode, Strategy } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Needs } from '../../src/domain/request/needs.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import { decide, type TestInput } from './decide-all.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const order = (input: TestInput) => decide(input).ranked.map(({ offering: { provider } }) => provider.id);
const reasons = (input: TestInput) =>
  Object.fromEntries(
    decide(input).excluded.map(({ offering: { provider }, exclusions }) => [
      provider.id,
      exclusions.map(({ constraint }) => constraint),
    ]),
  );

const three = [
  offering({ provider: 'a', priority: 30, region: 'eu-west', tags: ['gdpr'] }),
  offering({
    provider: 'b',
    priority: 10,
    region: 'us-east',
    prices: { input: 5_000_000_000n, output: 9_000_000_000n },
  }),
  offering({
    provider: 'c',
    priority: 20,
    region: 'eu-central',
    prices: { input: 100_000_000n, output: 200_000_000n },
  }),
];

test('by priority the lowest number comes first, by cost the cheapest', () => {
  const snapshot = snapshotOf(three);
  expect(order({ needs: needs(), snapshot, stateOf: working })).toEqual(['b', 'c', 'a']);
  expect(order({ needs: needs({ strategy: Strategy.COST }), snapshot, stateOf: working })).toEqual([
    'c',
    'a',
    'b',
  ]);
});

test('an unknown price comes last by cost, and is never taken for free', () => {
  const snapshot = snapshotOf([...three, offering({ provider: 'd', prices: undefined })]);
  expect(order({ needs: needs({ strategy: Strategy.COST }), snapshot, stateOf: working }).at(-1)).toBe('d');
});

test.each<[string, Partial<Needs>, Record<string, string[]>]>([
  ['residency', { residency: new Set(['eu-west', 'eu-central']) }, { b: ['residency'] }],
  ['tags', { tags: ['gdpr'] }, { b: ['tags'], c: ['tags'] }],
  [
    'allowed providers',
    { allowedProviders: new Set(['a']) },
    { b: ['allowed_providers'], c: ['allowed_providers'] },
  ],
  ['excluded providers', { excludedProviders: new Set(['a']) }, { a: ['excluded_providers'] }],
  [
    'capabilities',
    { capabilities: capabilitySet(['text', 'vision']) },
    { a: ['capability'], b: ['capability'], c: ['capability'] },
  ],
  // 1,000 tokens in and 1,000 out: a 3,000,000, b 14,000,000, c 300,000 nano-USD
  ['cost', { maxCostNanoUsd: 3_000_000n }, { b: ['max_cost'] }],
  ['price', { maxPricePerMillionNanoUsd: 2_000_000_000n }, { b: ['max_price'] }],
  ['latency', { maxLatencyMs: 99 }, { a: ['max_latency'], b: ['max_latency'], c: ['max_latency'] }],
  [
    'context length',
    { estimatedInputTokens: 100_001 },
    { a: ['context_length'], b: ['context_length'], c: ['context_length'] },
  ],
])('%s excludes who does not meet it, with that reason', (_, change, expected) => {
  expect(reasons({ needs: needs(change), snapshot: snapshotOf(three), stateOf: working })).toEqual(expected);
});

test('what is unknown does not meet a limit: price and latency', () => {
  const snapshot = snapshotOf([offering({ provider: 'x', prices: undefined })]);
  const stateOf = () => ({ ...working(), latencyMs: undefined });
  expect(
    reasons({ needs: needs({ maxCostNanoUsd: 10n ** 12n, maxLatencyMs: 10_000 }), snapshot, stateOf }),
  ).toEqual({
    x: ['max_cost', 'max_latency'],
  });
});

test('an open breaker, a pause, a missing secret, a disabled and a maintained provider are left out, each with its reason', () => {
  const snapshot = snapshotOf([
    offering({ provider: 'open' }),
    offering({ provider: 'paused' }),
    offering({ provider: 'keyless' }),
    offering({ provider: 'off', mode: ProviderMode.DISABLED }),
    offering({ provider: 'repair', mode: ProviderMode.MAINTENANCE }),
    offering({ provider: 'fine' }),
  ]);
  const stateOf: TestInput['stateOf'] = ({ provider }) => ({
    ...working(),
    ...(provider.id === 'open' ? { breaker: 'open', breakerAdmits: false } : {}),
    ...(provider.id === 'paused' ? { cooling: { endsAtWallMs: 0, leftMs: 1 } } : {}),
    ...(provider.id === 'keyless' ? { credential: 'missing' } : {}),
  });
  expect(order({ needs: needs(), snapshot, stateOf })).toEqual(['fine']);
  expect(reasons({ needs: needs(), snapshot, stateOf })).toEqual({
    open: ['breaker'],
    paused: ['cooling_down'],
    keyless: ['credential'],
    off: ['disabled'],
    repair: ['maintenance'],
  });
});

test('a probe reaches its provider whatever breaker, pause, health and maintenance say', () => {
  const snapshot = snapshotOf([offering({ provider: 'x', mode: ProviderMode.MAINTENANCE })], {
    x: HealthState.UNAVAILABLE,
  });
  const cooling = { endsAtWallMs: 0, leftMs: 1 };
  const stateOf = () => ({ ...working(), breaker: 'open' as const, breakerAdmits: false, cooling });
  expect(order({ needs: needs({ isProbe: true }), snapshot, stateOf })).toEqual(['x']);
});

test('an unavailable provider is left out while enough others work', () => {
  const snapshot = snapshotOf(three, { b: HealthState.UNAVAILABLE });
  expect(order({ needs: needs(), snapshot, stateOf: working })).toEqual(['c', 'a']);
  expect(reasons({ needs: needs(), snapshot, stateOf: working })).toEqual({ b: ['health'] });
});

test('when most are unavailable health is not believed: all stay, those that work first', () => {
  const snapshot = snapshotOf(three, { b: HealthState.UNAVAILABLE, c: HealthState.UNHEALTHY });
  expect(order({ needs: needs(), snapshot, stateOf: working })).toEqual(['a', 'c', 'b']);
});

test('a degraded provider comes after healthy ones, a preferred one before all', () => {
  const snapshot = snapshotOf(three, { b: HealthState.DEGRADED });
  expect(order({ needs: needs(), snapshot, stateOf: working })).toEqual(['c', 'a', 'b']);
  expect(order({ needs: needs({ preferredProviders: ['a'] }), snapshot, stateOf: working })).toEqual([
    'a',
    'c',
    'b',
  ]);
});

test("another tenant's provider is not even a candidate", () => {
  const snapshot = snapshotOf([
    offering({ provider: 'mine', tenant: 't' }),
    offering({ provider: 'theirs', tenant: 'u' }),
  ]);
  const choice = decide({ needs: needs({ selector: { kind: 'auto' } }), snapshot, stateOf: working });
  expect(choice.ranked.map(({ offering: { provider } }) => provider.id)).toEqual(['mine']);
  expect(choice.excluded).toEqual([]);
});

test('provider/model names one offering, also where the model id has slashes', () => {
  const snapshot = snapshotOf([
    offering({ provider: 'p', model: 'org/model' }),
    offering({ provider: 'q', model: 'org/model' }),
  ]);
  const named = (model: string) =>
    order({ needs: needs({ selector: { kind: 'model', model } }), snapshot, stateOf: working });
  expect(named('org/model')).toEqual(['p', 'q']);
  expect(named('q/org/model')).toEqual(['q']);
  expect(named('r/org/model')).toEqual([]);
});

const providers = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
const anOffering = fc.record({
  priority: fc.integer({ min: 0, max: 5 }),
  region: fc.constantFrom('us-east', 'eu-west', 'global'),
  price: fc.option(fc.bigInt(0n, 10n ** 10n), { nil: undefined }),
  tags: fc.subarray(['gdpr', 'soc2']),
});
const someNeeds = fc.record({
  residency: fc.subarray(['us-east', 'eu-west']),
  tags: fc.subarray(['gdpr', 'soc2']),
  maxCostNanoUsd: fc.option(fc.bigInt(0n, 10n ** 8n), { nil: undefined }),
});

test('no excluded candidate is ever chosen, and adding a constraint never adds a candidate', () => {
  fc.assert(
    fc.property(
      providers,
      fc.array(anOffering, { minLength: 5, maxLength: 5 }),
      someNeeds,
      fc.constantFrom('a', 'b', 'c'),
      (...[ids, traits, wanted, banned]) => {
        const snapshot = snapshotOf(
          ids.map((id, i) => {
            const { price, region, ...rest } = traits[i] as (typeof traits)[number];
            const prices = price === undefined ? undefined : { input: price, output: price };
            return offering({ provider: id, ...rest, region: region as 'global', prices });
          }),
        );
        const base = needs({ ...wanted, residency: new Set(wanted.residency) });
        const loose = decide({ needs: base, snapshot, stateOf: working });
        const strict = decide({
          needs: { ...base, excludedProviders: new Set([banned]) },
          snapshot,
          stateOf: working,
        });
        const ranked = new Set(loose.ranked.map(({ offering: { key } }) => key));
        expect(loose.excluded.some(({ offering: { key } }) => ranked.has(key))).toBe(false);
        expect(loose.ranked.length + loose.excluded.length).toBe(ids.length);
        expect(strict.ranked.every(({ offering: { key } }) => ranked.has(key))).toBe(true);
        for (const {
          offering: { residency, tags },
        } of loose.ranked) {
          const isUnlimited = wanted.residency.length === 0;
          expect(isUnlimited || (residency[0] !== undefined && wanted.residency.includes(residency[0]))).toBe(
            true,
          );
          expect(wanted.tags.every((tag) => tags.has(tag))).toBe(true);
        }
      },
    ),
  );
});

test('the same input gives the same choice', () => {
  const input = { needs: needs({ strategy: Strategy.COST }), snapshot: snapshotOf(three), stateOf: working };
  expect(decide(input)).toEqual(decide(input));
});

test('confidence is 1 without an alternative, 0.5 between equals, and grows with the distance', () => {
  const confidence = (...priorities: number[]) =>
    decide({
      needs: needs(),
      snapshot: snapshotOf(priorities.map((priority, i) => offering({ provider: `p${i}`, priority }))),
      stateOf: working,
    }).confidence;
  expect(confidence(10)).toBe(1);
  expect(confidence(10, 10)).toBe(0.5);
  expect(confidence(10, 100)).toBeGreaterThan(confidence(10, 20));
});

test('a limit of the cost does not rest on what may be in a prompt cache', () => {
  const prices = { input: 1_000_000_000n, cacheRead: 0n, output: 2_000_000_000n };
  const held = offering({ provider: 'a', prices });
  const heldPrefixes = new Map([[held.sharedKey, 10_000]]);
  const limited = (maxCostNanoUsd: bigint) =>
    decide({
      needs: needs({ estimatedInputTokens: 10_000, maxOutputTokens: 0, maxCostNanoUsd, heldPrefixes }),
      snapshot: snapshotOf([held]),
      stateOf: working,
    }).ranked.length;
  expect([limited(10_000_000n), limited(9_999_999n)]).toEqual([1, 0]);
});

test('by cost, a long beginning that one provider has in its prompt cache is priced so, among few and among thousands', () => {
  const prices = { input: 3_000_000_000n, cacheRead: 300_000_000n, output: 2_000_000_000n };
  const sticky = offering({ provider: 'z', prices });
  const others = Array.from({ length: 300 }, (_, i) => offering({ provider: `p${i % 30}`, model: `m${i}` }));
  const asked = needs({
    strategy: Strategy.COST,
    selector: { kind: 'auto' },
    estimatedInputTokens: 10_000,
    maxOutputTokens: 10,
  });
  const cheapest = (offerings: readonly Offering[], tokens: number) =>
    decide({
      needs: { ...asked, heldPrefixes: new Map([[sticky.sharedKey, tokens]]) },
      snapshot: snapshotOf([...offerings, sticky]),
      stateOf: working,
      look: 'enough',
    });
  for (const offerings of [others.slice(0, 2), others]) {
    const choice = cheapest(offerings, 9_000);
    expect(choice.ranked[0]?.provider.id).toBe('z');
    // 1,000 tokens at 3 USD, 9,000 at 0.30, 10 of output at 2.
    expect(choice.ranked[0]?.costNanoUsd).toBe(3_000_000 + 2_700_000 + 20_000);
    expect(choice.reason).toMatch(/with a cached prefix of about 9000 tokens$/);
    expect(cheapest(offerings, 5_000).ranked[0]?.provider.id).not.toBe('z');
  }
});
