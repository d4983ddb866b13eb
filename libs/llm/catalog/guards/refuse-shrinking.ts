import type { Catalog } from '../../src/catalog/catalog.ts';

/** A refresh that keeps less than this share is a broken source, not news. */
export const LEAST_KEPT_PERCENT = 70;

/** What is counted: offerings, providers that offer something, and the price votes of each source. */
export type CatalogCounts = ReadonlyMap<string, number>;

/** Counts what a refresh must not lose. */
export function countCatalog(catalog: Catalog): CatalogCounts {
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { id } of catalog.providers()) if (catalog.offeringsOf(id).length > 0) add('providers');
  for (const { priceVotes } of catalog.offerings()) {
    add('offerings');
    for (const { source } of priceVotes) add(`price votes of ${source}`);
  }
  return counts;
}

/**
 * What a refresh would shrink under a share of what there is, as sentences; empty where nothing. Votes are counted by
 * source, because a source that breaks is hidden by the others.
 */
export function findShrinking(
  before: CatalogCounts,
  after: CatalogCounts,
  leastKeptPercent: number = LEAST_KEPT_PERCENT,
): string[] {
  return [...before].flatMap(([name, count]) => {
    const left = after.get(name) ?? 0;
    return left * 100 >= count * leastKeptPercent ? [] : [`only ${left} of ${count} ${name} would be left`];
  });
}
