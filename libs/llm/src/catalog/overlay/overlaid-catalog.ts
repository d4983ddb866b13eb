import type { AliasTarget, Catalog } from '../catalog.ts';
import type { CatalogProvider } from '../catalog-provider.ts';
import type { Offering } from '../offering.ts';
import { confidenceOf } from '../snapshot/decode-prices.ts';
import type { CatalogOverlay, OverlayModel, OverlayProvider } from './overlay.ts';
import { unknownOffering } from './unknown-offering.ts';

/** What an overlaid catalog is made of. */
export interface OverlaidParts {
  readonly catalog: Catalog;
  readonly overlay: CatalogOverlay;
  /** Those of the catalog and of the overlay, merged. */
  readonly providers: ReadonlyMap<string, CatalogProvider>;
}

/** A catalog below, and what an operator states above it. */
export class OverlaidCatalog implements Catalog {
  readonly #parts: OverlaidParts;
  readonly #models: ReadonlyMap<string, readonly OverlayModel[]>;
  readonly #offerings = new Map<string, ReadonlyMap<string, Offering>>();

  constructor(parts: OverlaidParts) {
    this.#parts = parts;
    this.#models = Map.groupBy(parts.overlay.models, ({ provider }) => provider);
  }

  providers(): readonly CatalogProvider[] {
    return [...this.#parts.providers.values()];
  }

  provider(providerId: string): CatalogProvider | undefined {
    return this.#parts.providers.get(providerId);
  }

  offeringsOf(providerId: string): readonly Offering[] {
    return [...this.#byModel(providerId).values()];
  }

  findOffering(providerId: string, modelId: string): Offering | undefined {
    return this.#byModel(providerId).get(modelId);
  }

  *offerings(): Iterable<Offering> {
    for (const { id } of this.providers()) yield* this.offeringsOf(id);
  }

  aliases(): ReadonlyMap<string, AliasTarget> {
    return new Map([...this.#parts.catalog.aliases(), ...this.#parts.overlay.aliases]);
  }

  #byModel(providerId: string): ReadonlyMap<string, Offering> {
    const known = this.#offerings.get(providerId);
    if (known !== undefined) return known;
    const { catalog, overlay } = this.#parts;
    const merged = new Map(catalog.offeringsOf(providerId).map((offering) => [offering.model, offering]));
    for (const stated of this.#models.get(providerId) ?? [])
      merged.set(stated.model, mergeModel(merged.get(stated.model) ?? unknownOffering(stated), stated));
    for (const stated of overlay.providers.filter(({ id }) => id === providerId))
      for (const [model, offering] of merged)
        merged.set(model, withStatements(offering, stated, this.#models));
    this.#offerings.set(providerId, merged);
    return merged;
  }
}

function mergeModel(known: Offering, { provider, model, path: _, ...stated }: OverlayModel): Offering {
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
  const merged: Offering = { ...known, ...given, provider, model, unlisted: false };
  if (stated.prices === undefined && stated.unitPrices === undefined) return Object.freeze(merged);
  return Object.freeze({
    ...merged,
    priceSource: 'operator',
    priceConfidence: confidenceOf(known.priceVotes, merged.prices),
    // Discounts and surcharges were taken off another price.
    serviceTiers: stated.serviceTiers ?? Object.freeze({}),
    regionalPrices: Object.freeze([]),
  });
}

/** What is stated of a provider holds for each model of which nothing else is stated. */
function withStatements(
  offering: Offering,
  { residency, complianceTags = [] }: OverlayProvider,
  models: ReadonlyMap<string, readonly OverlayModel[]>,
): Offering {
  const own = models.get(offering.provider)?.find(({ model }) => model === offering.model);
  return Object.freeze({
    ...offering,
    residency: own?.residency ?? residency ?? offering.residency,
    complianceTags: Object.freeze([...new Set([...offering.complianceTags, ...complianceTags])]),
  });
}
