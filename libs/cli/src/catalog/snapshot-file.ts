import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Catalog, checkCatalog } from '@switchyard/llm';

/**
 * The catalog in a snapshot file; undefined where there is no file.
 * @throws Error where there is one that cannot be read: it would be compared with nothing
 */
export function readSnapshot(path: string): Catalog | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const loaded = checkCatalog(parse(text, path));
  if (!loaded.ok) throw new Error(`the present snapshot ${path} is broken: ${loaded.error}`);
  return loaded.value;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the present snapshot ${path} is not whole JSON: ${(error as Error).message}`);
  }
}

/** Puts a snapshot in place as a whole: whoever starts meanwhile reads the old one or the new one. */
export function writeSnapshot(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
