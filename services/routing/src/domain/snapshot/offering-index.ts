import { atEndpoints } from './at-endpoints.ts';
import type { ConfiguredProvider, Offering } from './offering.ts';
import { offeringsByKey } from './offerings-by-tenant.ts';
import {
  comparePriceBuckets,
  overviewOf,
  type PriceBucket,
  type PriceBucketOverview,
  priceBucketsOf,
} from './price-bucket.ts';

/** What one provider offers at one balancing group, at one priority. */
export interface ProviderGroup {
  readonly provider: ConfiguredProvider;
  readonly priority: number;
  /** The one with the cheapest offering first. */
  readonly priceBuckets: readonly PriceBucket[];
  /** What decides mostly whether a price bucket is looked at, of all of them side by side: a decision passes by hundreds. */
  readonly overview: PriceBucketOverview;
  /** How many offerings. */
  readonly size: number;
  /** Any of its offerings, at each endpoint of the provider: for what is the same for all. */
  readonly examples: readonly Offering[];
}

/**
 * Offerings, arranged so that a decision among thousands looks at few: by balancing group and provider, so that what excludes a
 * provider excludes all it offers at once, and on price buckets by capability and price, so that the cheapest that fits is found
 * among the first.
 */
export interface OfferingIndex {
  /** Of the installation's providers. */
  readonly common: readonly ProviderGroup[];
  /** Of tenants' own, by tenant. */
  readonly byTenant: ReadonlyMap<string, readonly ProviderGroup[]>;
  readonly byKey: ReadonlyMap<string, Offering>;
}

const indexes = new WeakMap<readonly Offering[], OfferingIndex>();

/** The index of offerings. Made once for each array, which must not change; a snapshot that takes over the array takes over its index. */
export function indexOf(offerings: readonly Offering[]): OfferingIndex {
  let index = indexes.get(offerings);
  if (index === undefined) {
    index = indexOfferings(offerings);
    indexes.set(offerings, index);
  }
  return index;
}

function indexOfferings(offerings: readonly Offering[]): OfferingIndex {
  const groups = Map.groupBy(
    offerings,
    ({ balancingGroup, provider, priority }) => `${priority} ${provider.key} ${balancingGroup}`,
  );
  // Those with the cheapest offerings first: what comes after is then mostly too dear to be looked at.
  const providerGroups = [...groups.values()].map(providerGroupOf).sort(byCheapest);
  const byTenant = Map.groupBy(providerGroups, ({ provider }) => provider.tenant);
  const common = byTenant.get('') ?? [];
  byTenant.delete('');
  return { common, byTenant, byKey: offeringsByKey(offerings) };
}

/** The provider groups that a tenant sees. */
export function providerGroupsFor(
  { common, byTenant }: OfferingIndex,
  tenant: string,
): readonly ProviderGroup[] {
  const own = byTenant.get(tenant);
  return own === undefined ? common : [...common, ...own];
}

function byCheapest({ priceBuckets: [a] }: ProviderGroup, { priceBuckets: [b] }: ProviderGroup): number {
  if (a === undefined || b === undefined) return 0;
  return comparePriceBuckets(a, b);
}

function providerGroupOf(offerings: readonly Offering[]): ProviderGroup {
  const [example] = offerings as [Offering];
  const { provider, priority } = example;
  const priceBuckets = priceBucketsOf(offerings);
  return {
    provider,
    priority,
    priceBuckets,
    overview: overviewOf(priceBuckets),
    size: offerings.length,
    examples: atEndpoints(example),
  };
}
