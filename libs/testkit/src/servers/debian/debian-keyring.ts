import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AptSource } from './apt-sources.ts';
import { debianKeyrings } from './debian-mirror.ts';
import { createPrivateApt } from './private-apt.ts';
import { unpackPackages } from './unpack-packages.ts';

const FILES = [
  'usr/share/keyrings/debian-archive-keyring.gpg',
  'usr/share/keyrings/debian-archive-keyring.pgp',
];

/**
 * The keys that Debian's archive is signed with: the machine's, or, on distributions that only derive from Debian, those of their own
 * package `debian-archive-keyring`, fetched from their own signed archive.
 * @param folder a folder for what has to be fetched
 * @returns undefined when there are none: nothing is downloaded unchecked
 */
export async function findDebianKeyring(
  sources: readonly AptSource[],
  folder: string,
): Promise<string | undefined> {
  const known = await firstReadable([...debianKeyrings(sources), ...FILES.map((file) => `/${file}`)]);
  return known ?? fetchKeyring(folder);
}

/** Fetches the keyring from the machine's own sources. */
export async function fetchKeyring(folder: string): Promise<string | undefined> {
  const packages = join(folder, 'packages');
  await mkdir(packages, { recursive: true });
  const apt = await createPrivateApt(join(folder, 'apt'), undefined);
  if ((await apt.update()).type === 'failed') return undefined;
  const got = await apt.download({ packages: ['debian-archive-keyring'], into: packages });
  if (got.type === 'failed' || (await unpackPackages(packages, folder)).type === 'failed') return undefined;
  return firstReadable(FILES.map((file) => join(folder, file)));
}

async function firstReadable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const readable = await access(file).then(
      () => true,
      () => false,
    );
    if (readable) return file;
  }
  return undefined;
}
