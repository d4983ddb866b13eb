import { type Offering as CatalogOffering, residencyOfAll } from '@switchyard/llm';
import type { ConfiguredProvider } from './offering.ts';
import { REGIONS, type Region } from './region.ts';

/**
 * Everywhere that an offering may process a request, in the order of {@link REGIONS}; empty is unknown. Both count, the region
 * that the provider is configured with and what the catalog and the operator's overlay state: a constraint must allow each
 * place of either. A region of `global` says nothing, because it is also what a provider has that sets none.
 */
export function residencyOf(
  { region, tenant }: Pick<ConfiguredProvider, 'region' | 'tenant'>,
  known: CatalogOffering | undefined,
): readonly Region[] {
  const configured = region === 'global' ? NOWHERE : [region];
  if (known === undefined) return configured;
  const stated = tenant === '' ? known.residency : residencyForTenant(known);
  // It is stated to be somewhere that is none of the six, and the provider's region does not make that untrue.
  if (stated.length === 0 && known.regions.length > 0) return NOWHERE;
  const places = new Set([...configured, ...stated]);
  return REGIONS.filter((one) => places.has(one));
}

/** Tags of an offering: its provider's, and of the installation's providers those that the overlay states. */
export function tagsOf(
  { tags, tenant }: Pick<ConfiguredProvider, 'tags' | 'tenant'>,
  known: CatalogOffering | undefined,
): ReadonlySet<string> {
  const stated = tenant === '' ? (known?.complianceTags ?? []) : [];
  return stated.length === 0 ? tags : new Set([...tags, ...stated]);
}

const NOWHERE: readonly Region[] = [];

/** The operator's contract is not the tenant's: the overlay can only add places to those that the catalog knows. */
function residencyForTenant({ regions, residency }: CatalogOffering): readonly Region[] {
  const inCatalog = residencyOfAll(regions);
  return inCatalog.length === 0 ? inCatalog : [...inCatalog, ...residency];
}
