import { HealthState } from '@switchyard/contracts/health';
import { Strategy } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OfferingState } from '../../src/domain/decide/candidate.ts';
import { type Choice, decide } from '../../src/domain/decide/decide.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import type { Offering } from '../../src/domain/snapshot/snapshot.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const CAPABILITIES = ['streaming', 'tools', 'vision'];
const PROVIDERS = ['a', 'b', 'c', 'd', 'e', 'f'];
const STRATEGIES = Object.values(Strategy).filter(
  (kind): kind is Strategy => typeof kind === 'number' && kind >= Strategy.PRIORITY,
);

const aPrice = fc.option(
  fc.record({ input: fc.bigInt(0n, 30n), output: fc.bigInt(0n, 60n), request: fc.bigInt(0n, 3n) }),
  { nil: undefined, freq: 6 },
);
const anOffering = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  tenant: fc.constantFrom('', '', '', 't', 'u'),
  capabilities: fc.subarray(CAPABILITIES),
  price: aPrice,
  contextTokens: fc.constantFrom(undefined, 1_500, 4_000, 100_000),
  maxOutputTokens: fc.constantFrom(undefined, 100, 4_000),
});
const aState = fc.record({
  breakerAdmits: fc.constantFrom(true, true, true, false),
  active: fc.nat(5),
  latencyMs: fc.option(fc.nat(2_000), { nil: undefined }),
  successRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  idleMs: fc.option(fc.nat(60_000), { nil: undefined }),
});
const aRequest = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  capabilities: fc.subarray(CAPABILITIES),
  maxCostNanoUsd: fc.option(fc.bigInt(0n, 60_000_000_000n), { nil: undefined, freq: 3 }),
  maxPricePerMillionNanoUsd: fc.option(fc.bigInt(0n, 60_000_000_000n), { nil: undefined, freq: 5 }),
  maxLatencyMs: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined, freq: 5 }),
  estimatedInputTokens: fc.constantFrom(0, 10, 1_000, 3_000),
  maxOutputTokens: fc.constantFrom(undefined, 10, 2_000),
  preferredProviders: fc.subarray(PROVIDERS, { maxLength: 2 }),
  excludedProviders: fc.subarray(PROVIDERS, { maxLength: 2 }),
});
const aSnapshot = fc.record({
  offerings: fc.array(anOffering, { minLength: 90, maxLength: 200 }),
  states: fc.array(aState, { minLength: 1, maxLength: 20 }),
  priorities: fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
  weights: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
  health: fc.array(
    fc.constantFrom(
      HealthState.HEALTHY,
      HealthState.HEALTHY,
      HealthState.DEGRADED,
      HealthState.UNHEALTHY,
      HealthState.UNAVAILABLE,
    ),
    { minLength: 6, maxLength: 6 },
  ),
});

interface Drawn {
  readonly offerings: readonly {
    readonly provider: string;
    readonly tenant: string;
    readonly capabilities: readonly string[];
    readonly price: { input: bigint; output: bigint; request: bigint } | undefined;
    readonly contextTokens: number | undefined;
    readonly maxOutputTokens: number | undefined;
  }[];
  readonly states: readonly Partial<OfferingState>[];
  readonly priorities: readonly number[];
  readonly weights: readonly number[];
  readonly health: readonly HealthState[];
}
function build({ offerings, states, priorities, weights, health }: Drawn) {
  const made = offerings.map(({ provider, price, ...traits }, i) => {
    const at = PROVIDERS.indexOf(provider);
    const scaled = price && {
      input: price.input * 1_000_000_000n,
      output: price.output * 1_000_000_000n,
      request: price.request * 1_000_000_000_000n,
    };
    const [priority, weight] = [priorities[at] ?? 0, weights[at] ?? 0];
    return offering({ ...traits, provider, model: `m${i}`, prices: scaled, priority, weight });
  });
  made.sort((a, b) => (a.key < b.key ? -1 : 1));
  const byId = Object.fromEntries(PROVIDERS.map((id, i) => [id, health[i] ?? HealthState.HEALTHY]));
  const stateOf = ({ key }: Offering): OfferingState => ({
    ...working(),
    ...states[key.length % states.length],
    ...states[Number(key.split('m')[1]) % states.length],
  });
  return { snapshot: snapshotOf(made, byId), stateOf };
}

const keys = ({ ranked }: Choice) => ranked.map(({ key }) => key);

test('a choice among many begins as one that looks at all, under every strategy', () => {
  fc.assert(
    fc.property(aSnapshot, aRequest, fc.bigInt(0n, 2n ** 64n - 1n), (drawn, request, seed) => {
      const { snapshot, stateOf } = build(drawn);
      const asked = needs({
        ...request,
        selector: { kind: 'auto' },
        capabilities: capabilitySet(request.capabilities),
        excludedProviders: new Set(request.excludedProviders),
      });
      const measured = () =>
        snapshot.offerings.filter((one) => stateOf(one).latencyMs !== undefined).map(({ key }) => key);
      const input = { needs: asked, snapshot, stateOf, seed, measured };
      const all = decide({ ...input, look: 'all' });
      const enough = decide({ ...input, look: 'enough' });
      expect(keys(enough)[0]).toBe(keys(all)[0]);
      expect(enough.scores[0]).toBe(all.scores[0]);
      expect(enough.propensity).toBe(all.propensity);
      // What follows is in the same order, too.
      const listed = new Set(keys(enough));
      expect(keys(all).filter((key) => listed.has(key))).toEqual(keys(enough));
      // Everything is accounted for, and where there is more than one provider, so there is in the list.
      expect(enough.ranked.length + enough.excluded.length + enough.unseen).toBe(
        all.ranked.length + all.excluded.length,
      );
      const providers = ({ ranked }: Choice) => new Set(ranked.map(({ provider }) => provider.key)).size;
      expect(providers(enough)).toBeGreaterThanOrEqual(Math.min(3, providers(all)));
      expect(enough.ranked.length).toBeGreaterThanOrEqual(Math.min(8, all.ranked.length));
    }),
    { numRuns: 400 },
  );
});
