import type { Registry, RegistryProvider } from '../registry/registry.ts';
import type { SourceEntry } from '../sources/source-entry.ts';
import { findAliasTargets } from './find-alias-targets.ts';
import { LISTING_SOURCES, mergeOffering } from './merge-offering.ts';
import type { MergedOffering } from './merged-offering.ts';
import type { Quarantined } from './quarantine.ts';
import { unreviewedProvider } from './unreviewed-provider.ts';

/** Everything that the sources come to. */
export interface MergedCatalog {
  /** Those of the registry, and after them those that came with the data. */
  readonly providers: readonly RegistryProvider[];
  readonly offerings: readonly MergedOffering[];
  readonly quarantined: readonly Quarantined[];
}

/** A provider that models.dev lists with this many models is listed well enough to miss one. */
const LEAST_LISTED = 3;

/** Merges all entries of all sources. `day` is the day of the refresh. */
export function mergeSources(
  entries: readonly SourceEntry[],
  { registry, day }: { readonly registry: Registry; readonly day: string },
): MergedCatalog {
  const byProvider = Map.groupBy(entries, ({ provider }) => provider);
  const unknown = [...byProvider.keys()].filter((id) => registry.provider(id) === undefined).sort();
  const providers = [...registry.providers(), ...unknown.map((id) => unreviewedProvider(id))];
  const quarantined: Quarantined[] = [];
  const offerings = providers.flatMap((provider) => {
    const own = byProvider.get(provider.id) ?? [];
    const listed = own.filter(({ source }) => LISTING_SOURCES.has(source)).length;
    // A cloud has more models than they list.
    const isListed = provider.kind !== 'cloud' && listed >= LEAST_LISTED;
    const merged = [...Map.groupBy(own, ({ model }) => model.toLowerCase()).values()].map((group) => {
      const result = mergeOffering(oncePerSource(group), { provider, isListed, day });
      quarantined.push(...result.quarantined);
      return result.offering;
    });
    return findAliasTargets(listedByMode(merged).sort((a, b) => (a.model < b.model ? -1 : 1)));
  });
  return { providers, offerings, quarantined };
}

/**
 * Sources that list what a provider offers mostly list its chats: of a kind of model of which they have none there (rerankers,
 * speech), their silence says nothing.
 */
function listedByMode(merged: readonly MergedOffering[]): MergedOffering[] {
  const listed = new Set(merged.filter(({ unlisted }) => !unlisted).map(({ mode }) => mode));
  return merged.map((offering) =>
    offering.unlisted && !listed.has(offering.mode) ? { ...offering, unlisted: false } : offering,
  );
}

/** A source that has a model several times (a row for each region) says it once, with all its regions. */
function oncePerSource(group: readonly SourceEntry[]): SourceEntry[] {
  return [...Map.groupBy(group, ({ source }) => source).values()].map(([first, ...others]) => {
    const all = [first as SourceEntry, ...others];
    const main = all.find(({ prices }) => Object.keys(prices.base).length > 0) ?? (first as SourceEntry);
    return { ...main, prices: { ...main.prices, regional: all.flatMap(({ prices }) => prices.regional) } };
  });
}
