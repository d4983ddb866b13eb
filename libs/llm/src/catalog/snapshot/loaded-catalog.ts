import type { AliasTarget, Catalog } from '../catalog.ts';
import type { CatalogProvider } from '../catalog-provider.ts';
import type { Offering } from '../offering.ts';
import type { SnapshotTables } from './decode-extras.ts';
import { decodeOffering } from './decode-offering.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { SnapshotList } from './snapshot-list.ts';

/** What a snapshot holds, before its offerings are objects. */
export interface SnapshotContent {
  readonly providers: ReadonlyMap<string, CatalogProvider>;
  /** Rows by provider; each provider has a list. */
  readonly rows: ReadonlyMap<string, SnapshotList>;
  readonly tables: SnapshotTables;
}

/**
 * A snapshot in use. Offerings become objects provider by provider, when one is asked for: an installation uses a few of
 * hundreds, and 10,000 objects with prices would be paid for by every process at its start.
 */
export class LoadedCatalog implements Catalog {
  readonly #content: SnapshotContent;
  readonly #providers: readonly CatalogProvider[];
  readonly #offerings = new Map<string, ReadonlyMap<string, Offering>>();
  readonly #lists = new Map<string, readonly Offering[]>();

  constructor(content: SnapshotContent) {
    this.#content = content;
    this.#providers = Object.freeze([...content.providers.values()]);
    for (const [provider, rows] of content.rows) refuseTwice(provider, rows);
  }

  providers(): readonly CatalogProvider[] {
    return this.#providers;
  }

  provider(providerId: string): CatalogProvider | undefined {
    return this.#content.providers.get(providerId);
  }

  offeringsOf(providerId: string): readonly Offering[] {
    let list = this.#lists.get(providerId);
    if (list === undefined) {
      list = Object.freeze([...this.#byModel(providerId).values()]);
      this.#lists.set(providerId, list);
    }
    return list;
  }

  findOffering(providerId: string, modelId: string): Offering | undefined {
    return this.#byModel(providerId).get(modelId);
  }

  *offerings(): Iterable<Offering> {
    for (const { id } of this.#providers) yield* this.offeringsOf(id);
  }

  aliases(): ReadonlyMap<string, AliasTarget> {
    return NO_ALIASES;
  }

  #byModel(providerId: string): ReadonlyMap<string, Offering> {
    const known = this.#offerings.get(providerId);
    if (known !== undefined) return known;
    const rows = this.#content.rows.get(providerId);
    if (rows === undefined) return NONE;
    const decoded = rows.lists().map((row) => decodeOffering(providerId, row, this.#content.tables));
    const byModel = new Map(decoded.map((offering) => [offering.model, offering]));
    this.#offerings.set(providerId, byModel);
    return byModel;
  }
}

const NO_ALIASES: ReadonlyMap<string, AliasTarget> = new Map();
const NONE: ReadonlyMap<string, Offering> = new Map();

function refuseTwice(provider: string, rows: SnapshotList): void {
  const models = new Set<string>();
  for (const row of rows.lists()) {
    const model = row.string(0);
    if (models.has(model)) throw new SnapshotError(`${provider} offers ${model} twice`);
    models.add(model);
  }
}
