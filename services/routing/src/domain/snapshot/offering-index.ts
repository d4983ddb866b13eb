import { compareShelves, leastOf, type Shelf, shelvesOf } from './shelf.ts';
import type { ConfiguredProvider, Offering } from './snapshot.ts';

/** What one provider offers at one seat, at one priority. */
export interface Stall {
  readonly provider: ConfiguredProvider;
  readonly priority: number;
  readonly shelves: readonly Shelf[];
  /** As of a shelf, at one place: the least of all. */
  readonly least: Float64Array;
  /** How many offerings. */
  readonly size: number;
  /** Any of its offerings, for what is the same for all. */
  readonly example: Offering;
}

/**
 * Offerings, arranged so that a decision among thousands looks at few: by seat and provider, so that what excludes a
 * provider excludes all it offers at once, and on shelves by capability and price, so that the cheapest that fits is found
 * among the first.
 */
export interface OfferingIndex {
  /** Of the installation's providers. */
  readonly common: readonly Stall[];
  /** Of tenants' own, by tenant. */
  readonly byTenant: ReadonlyMap<string, readonly Stall[]>;
  readonly byKey: ReadonlyMap<string, Offering>;
  /** How many offerings a tenant sees. */
  countFor(tenant: string): number;
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
    ({ seat, provider, priority }) => `${priority} ${provider.key} ${seat}`,
  );
  // Those with the cheapest offerings first: what comes after is then mostly too dear to be looked at.
  const stalls = [...groups.values()].map(stallOf).sort(byCheapest);
  const byTenant = Map.groupBy(stalls, ({ provider }) => provider.tenant);
  const common = byTenant.get('') ?? [];
  byTenant.delete('');
  const [ofAll, byKey] = [countOf(common), new Map(offerings.map((offering) => [offering.key, offering]))];
  return { common, byTenant, byKey, countFor: (tenant) => ofAll + countOf(byTenant.get(tenant) ?? []) };
}

function byCheapest({ shelves: [a] }: Stall, { shelves: [b] }: Stall): number {
  if (a === undefined || b === undefined) return 0;
  return compareShelves(a, b);
}

const countOf = (stalls: readonly Stall[]): number => stalls.reduce((sum, { size }) => sum + size, 0);

function stallOf(offerings: readonly Offering[]): Stall {
  const [example] = offerings as [Offering];
  const { provider, priority } = example;
  const shelves = shelvesOf(offerings);
  return { provider, priority, shelves, least: leastOf(shelves), size: offerings.length, example };
}
