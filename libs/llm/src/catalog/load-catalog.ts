import { err, ok, type Result } from '@switchyard/kernel';
import type { Catalog, CatalogProvider, Offering } from './catalog.ts';
import { parseOffering } from './parse-offering.ts';
import { parseProvider } from './parse-provider.ts';
import { SnapshotError, SnapshotObject } from './snapshot-object.ts';

/** Version of the snapshot's form that is read here. */
export const SNAPSHOT_FORM = 1;

/** Reads and validates a snapshot; the error says what is wrong and where. */
export function loadCatalog(json: unknown): Result<Catalog, string> {
  try {
    return ok(parseCatalog(new SnapshotObject(json, 'snapshot')));
  } catch (error) {
    if (error instanceof SnapshotError) return err(error.message);
    throw error;
  }
}

function parseCatalog(snapshot: SnapshotObject): Catalog {
  const form = snapshot.count('form');
  if (form !== SNAPSHOT_FORM) throw new SnapshotError(`snapshot.form is ${form}, not ${SNAPSHOT_FORM}`);
  const source = snapshot.string('source');
  const providers = snapshot.objects('providers').map(parseProvider);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  if (byId.size !== providers.length) throw new SnapshotError('snapshot.providers holds an id twice');
  const offerings = snapshot.objects('offerings').map((offering) => parseOffering(offering, source));
  return new LoadedCatalog(byId, groupedByProvider(offerings, byId));
}

function groupedByProvider(
  offerings: readonly Offering[],
  providers: ReadonlyMap<string, CatalogProvider>,
): Map<string, Map<string, Offering>> {
  const grouped = new Map([...providers.keys()].map((id) => [id, new Map<string, Offering>()]));
  for (const offering of offerings) {
    const models = grouped.get(offering.provider);
    if (models === undefined) throw new SnapshotError(`${offering.model} is offered by an unknown provider`);
    if (models.has(offering.model))
      throw new SnapshotError(`${offering.provider} offers ${offering.model} twice`);
    models.set(offering.model, offering);
  }
  return grouped;
}

class LoadedCatalog implements Catalog {
  readonly #providers: ReadonlyMap<string, CatalogProvider>;
  readonly #models: ReadonlyMap<string, ReadonlyMap<string, Offering>>;
  readonly #offerings: ReadonlyMap<string, readonly Offering[]>;

  constructor(
    providers: ReadonlyMap<string, CatalogProvider>,
    models: ReadonlyMap<string, ReadonlyMap<string, Offering>>,
  ) {
    this.#providers = providers;
    this.#models = models;
    this.#offerings = new Map([...models].map(([id, byModel]) => [id, Object.freeze([...byModel.values()])]));
  }

  providers(): readonly CatalogProvider[] {
    return [...this.#providers.values()];
  }

  provider(providerId: string): CatalogProvider | undefined {
    return this.#providers.get(providerId);
  }

  offeringsOf(providerId: string): readonly Offering[] {
    return this.#offerings.get(providerId) ?? [];
  }

  findModel(providerId: string, modelId: string): Offering | undefined {
    return this.#models.get(providerId)?.get(modelId);
  }
}
