import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptSource, parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';

/** Used on machines whose own sources name no Debian mirror, such as Ubuntu. */
const LAST_DEFAULT = 'http://deb.debian.org/debian';

const CODENAMES = [
  'buster',
  'bullseye',
  'bookworm',
  'trixie',
  'forky',
  'duke',
  'sid',
  'stable',
  'testing',
  'unstable',
];

/**
 * Mirrors of the Debian archive that this machine itself uses, in its order, and deb.debian.org last. A machine inside a company may
 * reach its own mirror only.
 */
export function debianMirrors(sources: readonly AptSource[]): string[] {
  const own = sources.filter(isMainArchive).map(({ uri }) => uri.replace(/\/$/, ''));
  return [...new Set([...own, LAST_DEFAULT])];
}

/** Keyring files that the machine's Debian sources are checked with. */
export function debianKeyrings(sources: readonly AptSource[]): string[] {
  return [...new Set(sources.filter(isMainArchive).flatMap(({ keyring }) => keyring ?? []))];
}

/** Security and backports archives have other contents; other suites belong to other distributions. */
function isMainArchive({ uri, suites }: AptSource): boolean {
  const isArchive = /^(https?|mirror|mirror\+\w+|file):/.test(uri) && !/security|backports|ports/.test(uri);
  return isArchive && suites.some((suite) => CODENAMES.includes(suite));
}

/** Reads the machine's sources; files that can't be read are left out. */
export async function readAptSources(aptDir = '/etc/apt'): Promise<AptSource[]> {
  const parts = join(aptDir, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort();
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const main = parseOneLineSources(await read(join(aptDir, 'sources.list')));
  const more = await Promise.all(
    names.map(async (name) => {
      if (name.endsWith('.sources')) return parseDeb822Sources(await read(join(parts, name)));
      return name.endsWith('.list') ? parseOneLineSources(await read(join(parts, name))) : [];
    }),
  );
  return [...main, ...more.flat()];
}
