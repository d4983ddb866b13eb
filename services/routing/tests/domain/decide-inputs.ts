import { HealthState } from '@switchyard/contracts/health';
import { ProviderMode, Strategy } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import type { OfferingState } from '../../src/domain/decide/candidate.ts';
import type { DecideInput } from '../../src/domain/decide/decide.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import type { Region } from '../../src/domain/snapshot/region.ts';
import { memberOffering, type SnapshotPool } from '../../src/domain/snapshot/snapshot-pool.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

const CAPABILITIES = ['streaming', 'tools', 'vision'];
const PROVIDERS = ['a', 'b', 'c', 'd', 'e', 'f'];
export const STRATEGIES = Object.values(Strategy).filter(
  (kind): kind is Strategy => typeof kind === 'number' && kind >= Strategy.PRIORITY,
);

/** Mostly undefined. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const aPrice = fc.option(
  fc.record({
    input: fc.bigInt(0n, 30n),
    cacheRead: fc.bigInt(0n, 30n),
    output: fc.bigInt(0n, 60n),
    request: fc.bigInt(0n, 3n),
  }),
  { nil: undefined, freq: 6 },
);
const anOffering = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  tenant: fc.constantFrom('', '', '', 't', 'u'),
  capabilities: fc.subarray(CAPABILITIES),
  price: aPrice,
  contextTokens: fc.constantFrom(undefined, 1_500, 4_000, 100_000),
  maxOutputTokens: fc.constantFrom(undefined, 100, 4_000),
  residency: fc.constantFrom<readonly Region[]>([], ['eu-west'], ['eu-west', 'eu-central'], ['global']),
  tags: fc.subarray(['gdpr', 'hipaa']),
});
const aState = fc.record({
  breakerAdmits: fc.constantFrom(true, true, true, false),
  cooling: fc.constantFrom(undefined, undefined, undefined, { endsAtWallMs: 1_000, leftMs: 500 }),
  active: fc.nat(5),
  latencyMs: fc.option(fc.nat(2_000), { nil: undefined }),
  successRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  idleMs: fc.option(fc.nat(60_000), { nil: undefined }),
  recoveredMs: fc.option(fc.nat(29_999), { nil: undefined }),
});
const anEndpoint = fc.record({
  weight: fc.constantFrom(0, 1, 100),
  region: fc.constantFrom('', 'eu-west', 'us-east'),
  mode: fc.constantFrom(ProviderMode.ENABLED, ProviderMode.ENABLED, ProviderMode.DISABLED),
});
const aRequest = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  capabilities: fc.subarray(CAPABILITIES, { maxLength: 1 }),
  maxCostNanoUsd: rarely(fc.bigInt(0n, 60_000_000_000n)),
  maxPricePerMillionNanoUsd: rarely(fc.bigInt(0n, 60_000_000_000n)),
  maxLatencyMs: rarely(fc.integer({ min: 1, max: 2_000 })),
  estimatedInputTokens: fc.constantFrom(0, 10, 1_000, 3_000),
  maxOutputTokens: fc.constantFrom(undefined, 10, 2_000),
  preferredProviders: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(PROVIDERS, { maxLength: 2 }) },
  ),
  excludedProviders: fc.subarray(PROVIDERS, { maxLength: 2 }),
  residency: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constantFrom(['eu-west'], ['eu-west', 'eu-central'], ['us-east', 'global']) },
  ),
  tags: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(['gdpr', 'hipaa']) },
  ),
});
const snapshots = (size: { readonly minLength: number; readonly maxLength: number }) =>
  fc.record({
    offerings: fc.array(anOffering, size),
    states: fc.array(aState, { minLength: 1, maxLength: 20 }),
    priorities: fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
    weights: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
    endpoints: fc.array(fc.array(anEndpoint, { maxLength: 4 }), { minLength: 6, maxLength: 6 }),
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
    readonly price: { input: bigint; cacheRead: bigint; output: bigint; request: bigint } | undefined;
    readonly contextTokens: number | undefined;
    readonly maxOutputTokens: number | undefined;
    readonly residency: readonly Region[];
    readonly tags: readonly string[];
  }[];
  readonly states: readonly Partial<OfferingState>[];
  readonly priorities: readonly number[];
  readonly weights: readonly number[];
  readonly health: readonly HealthState[];
  readonly endpoints: readonly (readonly object[])[];
}
function build({ offerings, states, priorities, weights, health, endpoints }: Drawn, reach: Reach) {
  const made = offerings.map(({ provider, price, ...traits }, i) => {
    const at = PROVIDERS.indexOf(provider);
    const scaled = price && {
      input: price.input * 1_000_000_000n,
      cacheRead: price.cacheRead * 1_000_000_000n,
      output: price.output * 1_000_000_000n,
      request: price.request * 1_000_000_000_000n,
    };
    const [priority, weight] = [priorities[at] ?? 0, weights[at] ?? 0];
    // Ids of different lengths, so that endpoints are in different states.
    const reaches = (endpoints[at] ?? []).map((one, place) => ({ id: 'e'.repeat(place + 1), ...one }));
    const of = { model: `m${i}`, prices: scaled, priority, weight };
    return offering({ ...traits, provider, ...of, endpoints: reach === 'endpoints' ? reaches : [] });
  });
  made.sort((a, b) => (a.key < b.key ? -1 : 1));
  const byId = Object.fromEntries(PROVIDERS.map((id, i) => [id, health[i] ?? HealthState.HEALTHY]));
  const stateOf = ({ key }: Offering): OfferingState => ({
    ...working(),
    ...states[key.length % states.length],
    ...states[Number.parseInt(key.split('m')[1] ?? '', 10) % states.length],
  });
  return { snapshot: snapshotOf(made, byId), stateOf };
}

const aSelector = fc.constantFrom('auto' as const, 'auto' as const, 'pool' as const);

/** A pool of five members over several providers each: two have a weight of their own, one a priority. */
const poolOf = (offerings: readonly Offering[]): SnapshotPool => ({
  id: 'p',
  tenant: '',
  offerings: offerings.map((one, i) => {
    const index = i % 5;
    return memberOffering(one, {
      index,
      weight: index < 2 ? 10 * (index + 1) : undefined,
      priority: index === 2 ? 1 : undefined,
    });
  }),
  requirements: undefined,
  strategy: Strategy.UNSPECIFIED,
  compositeWeights: undefined,
  cache: undefined,
  hedge: undefined,
  taskTypes: [],
  baseline: undefined,
});

/** Whether providers have endpoints of their own: up to four each, of different weights, regions and modes. */
type Reach = 'whole' | 'endpoints';

/** Something to decide on: offerings of six providers in all states, and a request for whatever fits, or for a pool. */
export const decideInputs = (
  size: { readonly minLength: number; readonly maxLength: number },
  reach: Reach = 'whole',
) =>
  fc
    .tuple(snapshots(size), aRequest, fc.bigInt(0n, 2n ** 64n - 1n), aSelector, rarely(fc.nat(5)))
    .map(([drawn, request, seed, kind, holder]): Omit<DecideInput, 'look'> => {
      const { snapshot, stateOf } = build(drawn, reach);
      const asked = needs({
        ...request,
        selector: kind === 'auto' ? { kind } : { kind, pool: poolOf(snapshot.offerings) },
        capabilities: capabilitySet(request.capabilities),
        excludedProviders: new Set(request.excludedProviders),
        residency: new Set(request.residency),
        ...heldBy(snapshot.offerings, holder),
      });
      const measured = () =>
        snapshot.offerings.filter((one) => stateOf(one).latencyMs !== undefined).map(({ key }) => key);
      return { needs: asked, snapshot, stateOf, seed, measured };
    });

/** One offering in six has the beginning of the request in its prompt cache. */
function heldBy(offerings: readonly Offering[], holder: number | undefined) {
  if (holder === undefined) return {};
  const held = offerings.filter((_, i) => i % 6 === holder);
  return { heldPrefixes: new Map(held.map(({ sharedKey }) => [sharedKey, 2_000])) };
}
