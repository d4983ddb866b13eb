import type { Catalog } from '../src/catalog/catalog.ts';
import { SOURCES } from '../src/catalog/offering-prices.ts';
import { checkCatalog } from '../src/catalog/snapshot/load-catalog.ts';
import { type CatalogDiff, diffCatalogs } from './diff-catalogs.ts';
import { type ForeignUrl, findForeignUrls } from './guards/find-foreign-urls.ts';
import { countCatalog, findShrinking } from './guards/refuse-shrinking.ts';
import { mergeSources } from './merge/merge-sources.ts';
import type { Quarantined } from './merge/quarantine.ts';
import { type RawFiles, SourceError } from './origins/raw-files.ts';
import type { Registry } from './registry/registry.ts';
import { SIMULATED_OFFERINGS } from './simulated-providers.ts';
import { encodeSnapshot } from './snapshot/encode-snapshot.ts';
import { readSources } from './sources/read-sources.ts';
import { type Verification, verifySample } from './verify-sample.ts';

/** What a snapshot is made of. */
export interface RefreshInput {
  readonly files: RawFiles;
  readonly registry: Registry;
  /** Day of the refresh, "2026-08-21": prices with dates are those of this day. */
  readonly day: string;
  /** State of each source, where it is not the day of the refresh: "pi-ai" → "1.5.2". */
  readonly retrieved: ReadonlyMap<string, string>;
  /** The snapshot that would be replaced; `undefined` where there is none. */
  readonly present: Catalog | undefined;
  /** Least share to be kept, in percent. Default 70. */
  readonly leastKeptPercent?: number | undefined;
  /** How many random offerings are compared with their sources. Default 30. */
  readonly verifyCount?: number | undefined;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** A new snapshot, and what whoever applies it should see. */
export interface RefreshedCatalog {
  /** The snapshot's text. */
  readonly text: string;
  readonly catalog: Catalog;
  /** Against the present one; `undefined` where there is none. */
  readonly diff: CatalogDiff | undefined;
  readonly quarantined: readonly Quarantined[];
  readonly foreignUrls: readonly ForeignUrl[];
  /** Sentences; where there are any, it must not be applied. */
  readonly shrinking: readonly string[];
  readonly verification: Verification;
}

/** Makes a snapshot of the sources and checks it. Nothing is written. @throws SourceError for data that cannot be used */
export function refreshCatalog(input: RefreshInput): RefreshedCatalog {
  const { files, registry, day, retrieved, present } = input;
  const entries = readSources(files, { registry, day });
  const { providers, offerings, quarantined } = mergeSources(entries, { registry, day });
  const sources = SOURCES.map((id) => ({
    id,
    retrieved: id === 'correction' ? 'by hand' : (retrieved.get(id) ?? day),
  }));
  const text = encodeSnapshot({ providers, offerings: [...offerings, ...SIMULATED_OFFERINGS], sources });
  const catalog = loaded(text);
  const { leastKeptPercent, verifyCount = 30, random } = input;
  return {
    text,
    catalog,
    diff: present && diffCatalogs(present, catalog),
    quarantined,
    foreignUrls: findForeignUrls(entries, registry),
    shrinking:
      present === undefined
        ? []
        : findShrinking(countCatalog(present), countCatalog(catalog), leastKeptPercent),
    verification: verifySample({ catalog, entries, files, count: verifyCount, random }),
  };
}

/** What was written is read again, every row of it, as the services will. */
function loaded(text: string): Catalog {
  const result = checkCatalog(JSON.parse(text));
  if (!result.ok) throw new SourceError(`the new snapshot would be refused: ${result.error}`);
  return result.value;
}
