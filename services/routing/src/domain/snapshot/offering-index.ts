import { atEndpoints } from './at-endpoints.ts';
import type { ConfiguredProvider, Offering } from './offering.ts';
import { offeringsByKey } from './offerings-by-tenant.ts';
import { comparePriceBuckets, leastOf, type PriceBucket, priceBucketsOf } from './price-bucket.ts';

/** What one provider offers at one balancing group, at one priority. */
export interface ProviderGroup {
  readonly provider: ConfiguredProvider;
  readonly priority: number;
  readonly priceBuckets: readonly PriceBucket[];
  /** As of a price bucket, at one place: the least of all. */
  readonly least: Float64Array;
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
export const providerGroupsFor = ({ common, byTenant }: OfferingIndex, tenant: string): ProviderGroup[] => [
  ...common,
  ...(byTenant.get(tenant) ?? []),
];

function byCheapest({ priceBuckets: [a] }: ProviderGroup, { priceBuckets: [b] }: ProviderGroup): number {
  if (a === undefined || b === undefined) return 0;
  return comparePriceBuckets(a, b);
}

function providerGroupOf(offerings: readonly Offering[]): ProviderGroup {
  const [example] = offerings as [Offering];
  const { provider, priority } = example;
  const priceBuckets = priceBucketsOf(offerings);
  const [least, examples] = [leastOf(priceBuckets), atEndpoints(example)];
  return { provider, priority, priceBuckets, least, size: offerings.length, examples };
}
