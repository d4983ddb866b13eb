import { fileURLToPath } from 'node:url';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { RawFiles } from '../origins/raw-files.ts';
import { readDirectory } from '../origins/read-directory.ts';
import { type RefreshedCatalog, refreshCatalog } from '../refresh-catalog.ts';
import { readRegistry } from '../registry/read-registry.ts';

/** Folder of true rows of the sources. */
export const EXCERPT = fileURLToPath(new URL('./excerpt', import.meta.url));
/** Day of the newest of them. */
export const DAY = '2026-08-21';

/** The excerpt's files, some of them changed: path → what becomes of its JSON. */
export function readExcerpt(changes: Readonly<Record<string, (data: never) => unknown>> = {}): RawFiles {
  const files = new Map(readDirectory(EXCERPT));
  for (const [path, change] of Object.entries(changes))
    files.set(path, JSON.stringify(change(JSON.parse(files.get(path) ?? '{}') as never)));
  return files;
}

/** A refresh from the excerpt. */
export function refreshExcerpt(
  files: RawFiles = readExcerpt(),
  present: Catalog | undefined = undefined,
): RefreshedCatalog {
  return refreshCatalog({
    files,
    registry: readRegistry(),
    day: DAY,
    retrieved: new Map(),
    present,
    random: () => 0,
  });
}
