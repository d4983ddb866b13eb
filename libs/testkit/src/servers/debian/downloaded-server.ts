import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { withFileLock } from '../process/file-lock.ts';
import type { ProgramResult } from '../process/run-program.ts';
import { checkProgram, type ProgramSearch } from '../source/program.ts';
import { findDebianKeyring } from './debian-keyring.ts';
import { debianMirrors, readAptSources } from './debian-mirror.ts';
import { createPrivateApt } from './private-apt.ts';
import { unpackPackages } from './unpack-packages.ts';

/** Which packages make a server, from which Debian release. */
export interface DebianRecipe {
  readonly kind: 'nats' | 'redis';
  readonly suite: string;
  readonly packages: readonly string[];
  /** Path of the executable inside the packages. */
  readonly executable: string;
}

export interface DownloadPlace {
  readonly cacheDir: string;
  readonly onProgress: (text: string) => void;
}

/** Debian's names of the processor types that it has packages for. */
const DEBIAN_ARCHES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** A slow line needs minutes for the index and the packages of a server. */
const LOCK_TIMEOUT_MS = 600_000;

/** The server from the cache, or downloaded into it: once, whoever asks, and complete or not at all. */
export async function findDownloaded(recipe: DebianRecipe, place: DownloadPlace): Promise<ProgramSearch> {
  const debianArch = DEBIAN_ARCHES[arch()];
  if (platform() !== 'linux' || debianArch === undefined) {
    return { type: 'absent', why: `Debian has no packages for ${platform()} on ${arch()}` };
  }
  const target = join(place.cacheDir, `${recipe.kind}-${recipe.suite}-${debianArch}`);
  if (await exists(target)) return check(recipe, target);
  await mkdir(place.cacheDir, { recursive: true });
  const lock = { file: `${target}.lock`, timeoutMs: LOCK_TIMEOUT_MS, purpose: `Downloading ${recipe.kind}` };
  return withFileLock(lock, async () => {
    if (await exists(target)) return check(recipe, target);
    await removeRemains(target);
    place.onProgress(`Downloading ${recipe.packages[0]} from Debian ${recipe.suite}`);
    const work = await mkdtemp(join(tmpdir(), 'switchyard-download-'));
    // apt run by root hands the work to an account of its own, which must reach the folder.
    await chmod(work, 0o755);
    try {
      return await download({ recipe, debianArch, target, work });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

interface Download {
  readonly recipe: DebianRecipe;
  readonly debianArch: string;
  readonly target: string;
  readonly work: string;
}

async function download({ recipe, debianArch, target, work }: Download): Promise<ProgramSearch> {
  const sources = await readAptSources();
  const keyring = await findDebianKeyring(sources, join(work, 'keyring'));
  if (keyring === undefined) {
    return { type: 'absent', why: "apt-get isn't here, or the keys of Debian's archive can't be had" };
  }
  const refusals: string[] = [];
  for (const [index, mirror] of debianMirrors(sources).entries()) {
    const line = `deb [signed-by=${keyring} arch=${debianArch}] ${mirror} ${recipe.suite} main`;
    const got = await fetchFrom({ line, recipe, folder: join(work, String(index)) });
    if (got.type === 'ok')
      return install({ recipe, target, packages: join(work, String(index), 'packages') });
    refusals.push(got.text);
  }
  return { type: 'absent', why: `the download from Debian failed: ${refusals.join('; ')}` };
}

async function fetchFrom(options: {
  line: string;
  recipe: DebianRecipe;
  folder: string;
}): Promise<ProgramResult> {
  const { line, recipe, folder } = options;
  const into = join(folder, 'packages');
  await mkdir(into, { recursive: true });
  const apt = await createPrivateApt(folder, [line]);
  const updated = await apt.update();
  return updated.type === 'ok' ? apt.download({ packages: recipe.packages, into }) : updated;
}

/** Unpacks beside the target, tries the program, and moves the folder to its place in one step. */
async function install(options: {
  recipe: DebianRecipe;
  target: string;
  packages: string;
}): Promise<ProgramSearch> {
  const { recipe, target, packages } = options;
  const staging = await mkdtemp(`${target}.`);
  try {
    await chmod(staging, 0o755);
    const unpacked = await unpackPackages(packages, staging);
    if (unpacked.type === 'failed') return { type: 'absent', why: unpacked.text };
    await writeFile(join(staging, 'PACKAGES'), `${unpacked.output}\n`);
    const staged = await check(recipe, staging);
    if (staged.type === 'absent') return staged;
    await rename(staging, target);
    return await check(recipe, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What processes left that were killed while they unpacked. The lock is ours: none of them is at work. */
async function removeRemains(target: string): Promise<void> {
  const names = await readdir(dirname(target));
  const remains = names.filter((name) => name.startsWith(`${basename(target)}.`) && !name.includes('.lock'));
  for (const name of remains) await rm(join(dirname(target), name), { recursive: true, force: true });
}

async function check(recipe: DebianRecipe, root: string): Promise<ProgramSearch> {
  const libraries = (await libraryFolders(root)).join(':');
  const need = { kind: recipe.kind, dataMajor: undefined };
  return checkProgram(need, {
    source: 'download',
    file: join(root, recipe.executable),
    ...(libraries === '' ? {} : { environment: { LD_LIBRARY_PATH: libraries } }),
  });
}

/** `usr/lib/x86_64-linux-gnu` and its like. */
async function libraryFolders(root: string): Promise<string[]> {
  const folders = await Promise.all(
    ['usr/lib', 'lib'].map(async (parent) => {
      const names = await readdir(join(root, parent)).catch(() => []);
      return names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(root, parent, name));
    }),
  );
  return folders.flat();
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
