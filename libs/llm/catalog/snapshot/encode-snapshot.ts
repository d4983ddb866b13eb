import type { CatalogProvider } from '../../src/catalog/catalog-provider.ts';
import { SNAPSHOT_FORM, type SnapshotSource } from '../../src/catalog/snapshot/snapshot-shape.ts';
import type { JsonObject } from '../../src/formats/json.ts';
import type { MergedOffering } from '../merge/merged-offering.ts';
import { encodeOffering } from './encode-offering.ts';
import { WordTable } from './word-table.ts';

/** What a snapshot is written from. */
export interface SnapshotInput {
  readonly providers: readonly CatalogProvider[];
  readonly offerings: readonly MergedOffering[];
  /** In the order of `SOURCES`. */
  readonly sources: readonly SnapshotSource[];
}

const LICENSE =
  'Facts from models.dev, LiteLLM, Portkey, genai-prices and pi-ai, all MIT; their notices are in catalog/licenses/';

/** A snapshot as text: one line for each provider and offering, so that a refresh can be read as a diff. */
export function encodeSnapshot({ providers, offerings, sources }: SnapshotInput): string {
  const tables = { words: new WordTable<string>(), traits: new WordTable<JsonObject>() };
  const byProvider = Map.groupBy(offerings, ({ provider }) => provider);
  const groups = [...byProvider].map(([id, own]) => {
    const rows = own.map((offering) => encodeOffering(offering, tables));
    return `\n${JSON.stringify(id)}:${lines(rows)}`;
  });
  const head = {
    form: SNAPSHOT_FORM,
    license: LICENSE,
    sources,
    count: offerings.length,
    words: tables.words.values(),
    traits: tables.traits.values(),
  };
  return `${JSON.stringify(head).slice(0, -1)},\n"providers":${lines(providers.map(plain))},\n"offerings":{${groups.join(',')}\n}}\n`;
}

const lines = (items: readonly unknown[]): string =>
  `[${items.map((item) => `\n${JSON.stringify(item)}`).join(',')}\n]`;

/** The fields of a provider that the snapshot has. */
const plain = (provider: CatalogProvider) => ({
  id: provider.id,
  name: provider.name,
  wireFormat: provider.wireFormat,
  baseUrl: provider.baseUrl,
  auth: provider.auth,
  keyVariables: provider.keyVariables,
  dialect: provider.dialect,
  kind: provider.kind,
  pickedUp: provider.pickedUp ? true : undefined,
});
