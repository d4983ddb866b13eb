import { fileURLToPath } from 'node:url';

/** How the catalog's snapshot is made: for the command `switchyard catalog refresh`. */
export type { CatalogDiff, PriceChange } from './diff-catalogs.ts';
export { LEAST_KEPT_PERCENT } from './guards/refuse-shrinking.ts';
export type { Quarantined } from './merge/quarantine.ts';
export {
  type Download,
  fetchSources,
  LIVE_ORIGINS,
  mirrorOrigins,
  type Origins,
  readSource,
  SOURCE_TIMEOUT_MS,
} from './origins/fetch-sources.ts';
export { FILES, FOLDERS, type RawFiles, SourceError } from './origins/raw-files.ts';
export { readDirectory } from './origins/read-directory.ts';
export { type RefreshedCatalog, type RefreshInput, refreshCatalog } from './refresh-catalog.ts';
export { readRegistry } from './registry/read-registry.ts';
export type { Registry } from './registry/registry.ts';

/** The snapshot that ships with Switchyard. */
export const SNAPSHOT_PATH = fileURLToPath(new URL('../src/catalog/catalog.snapshot.json', import.meta.url));
