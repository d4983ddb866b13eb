import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FILES, FOLDERS, type RawFiles, SourceError } from './raw-files.ts';

/** The largest source has 3 MB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Reads the sources from a directory. @throws SourceError that names what is missing */
export function readDirectory(directory: string): RawFiles {
  const paths = [
    ...Object.values(FILES),
    ...Object.values(FOLDERS).flatMap((folder) => listJson(directory, folder)),
  ];
  return new Map(paths.map((path) => [path, readFile(directory, path)]));
}

function listJson(directory: string, folder: string): string[] {
  try {
    return readdirSync(join(directory, folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => `${folder}/${name}`);
  } catch (error) {
    throw new SourceError(`${join(directory, folder)} cannot be read: ${(error as Error).message}`);
  }
}

function readFile(directory: string, path: string): string {
  const file = join(directory, path);
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_FILE_BYTES}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SourceError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
