import snapshot from './catalog.snapshot.json' with { type: 'json' };
import type { Catalog } from './catalog.ts';
import { loadCatalog } from './snapshot/load-catalog.ts';

let loaded: Catalog | undefined;

/** The catalog that ships with Switchyard; read once. */
export function bundledCatalog(): Catalog {
  if (loaded !== undefined) return loaded;
  const result = loadCatalog(snapshot);
  if (!result.ok) throw new TypeError(`the bundled catalog is broken: ${result.error}`);
  loaded = result.value;
  return loaded;
}
