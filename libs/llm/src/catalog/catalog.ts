import type { CatalogProvider } from './catalog-provider.ts';
import type { Offering } from './offering.ts';

/** A model at a provider, by ids. */
export interface AliasTarget {
  readonly provider: string;
  readonly model: string;
}

/** Providers and what they offer. Immutable. */
export interface Catalog {
  /** All providers. */
  providers(): readonly CatalogProvider[];
  /** One provider. */
  provider(providerId: string): CatalogProvider | undefined;
  /** All offerings of a provider, by model id; empty for an unknown one. */
  offeringsOf(providerId: string): readonly Offering[];
  /** One offering. */
  findOffering(providerId: string, modelId: string): Offering | undefined;
  /** All offerings, provider by provider: makes objects of the whole catalog. */
  offerings(): Iterable<Offering>;
  /** Names that an operator's overlay gives to models. Empty without one. */
  aliases(): ReadonlyMap<string, AliasTarget>;
}
