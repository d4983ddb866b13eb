import type { CatalogProvider } from './catalog-provider.ts';
import type { Offering } from './offering.ts';

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
}
