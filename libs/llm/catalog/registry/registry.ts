import type { CatalogProvider, ProviderKind } from '../../src/catalog/catalog-provider.ts';
import type { SourceId } from '../../src/catalog/offering-prices.ts';

/** How far somebody has looked at a row. */
export type Review =
  /** Checked by hand against the provider's documentation. */
  | 'hand'
  /** Two independent sources state it. */
  | 'corroborated'
  /** One source states it. */
  | 'stated'
  /** Written down from memory of the field, and not checked. */
  | 'unverified';

/** One provider of the registry. */
export interface RegistryProvider extends CatalogProvider {
  readonly kind: ProviderKind;
  readonly review: Review;
  /** What it is called in the sources. */
  readonly sourceIds: Readonly<Partial<Record<SourceId, readonly string[]>>>;
}

/**
 * The providers that were looked at, in our tree and under review: the allow-list of base URLs. What a refresh brings can
 * add models to them and never an address.
 */
export class Registry {
  readonly #bySource = new Map<string, RegistryProvider>();
  readonly #byId: ReadonlyMap<string, RegistryProvider>;

  constructor(providers: readonly RegistryProvider[]) {
    this.#byId = new Map(providers.map((provider) => [provider.id, provider]));
    if (this.#byId.size !== providers.length) throw new TypeError('the registry holds an id twice');
    for (const provider of providers)
      for (const [source, ids] of Object.entries(provider.sourceIds))
        for (const id of ids) this.#claim(`${source} ${id}`, provider);
  }

  /** All of them, in the order of the snapshot. */
  providers(): readonly RegistryProvider[] {
    return [...this.#byId.values()];
  }

  provider(id: string): RegistryProvider | undefined {
    return this.#byId.get(id);
  }

  /** The provider that a source means by an id. */
  ofSource(source: SourceId, id: string): RegistryProvider | undefined {
    return this.#bySource.get(`${source} ${id}`);
  }

  /** Ids that a source has for the providers of the registry. */
  idsAt(source: SourceId): string[] {
    return this.providers().flatMap(({ sourceIds }) => sourceIds[source] ?? []);
  }

  #claim(key: string, provider: RegistryProvider): void {
    const other = this.#bySource.get(key);
    // One list of prices may stand for two endpoints of one cloud; its first owner reads it.
    if (other === undefined) this.#bySource.set(key, provider);
  }
}
