import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts';
import { stopLeftover } from './leftover.ts';

/** The folder of one server: data, configuration, log, record of its process. */
export interface ServerHome {
  /** Absolute path. */
  readonly dir: string;
  readonly life: 'temporary' | 'kept';
}

const PREFIX = 'switchyard-server-';
const OWNER_FILE = 'owner.json';

/** The folder that was asked for, or a temporary one. */
export async function openHome(dataDir: string | undefined): Promise<ServerHome> {
  if (dataDir === undefined) return { dir: await createTemporaryFolder(), life: 'temporary' };
  const dir = resolve(dataDir);
  await mkdir(dir, { recursive: true });
  return { dir, life: 'kept' };
}

/**
 * A folder in the system's temporary folder that names the process it belongs to, so that `removeOrphans` can tell
 * when nobody needs it any more.
 */
export async function createTemporaryFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  // PostgreSQL run by root works under another account, which has to pass through; its data has its own protection.
  await chmod(dir, 0o711);
  await writeFile(join(dir, OWNER_FILE), JSON.stringify(ownIdentity()), { mode: 0o600 });
  return dir;
}

/**
 * Ends the servers and removes the temporary folders of processes that died without doing so (SIGKILL).
 * @returns how many folders were removed
 */
export async function removeOrphans(): Promise<number> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  const removed = await Promise.all(names.map((name) => removeOrphan(join(tmpdir(), name))));
  return removed.filter(Boolean).length;
}

async function removeOrphan(dir: string): Promise<boolean> {
  try {
    // The temporary folder is everyone's: only what this user wrote is believed.
    if ((await stat(dir)).uid !== process.getuid?.()) return false;
    const owner = JSON.parse(await readFile(join(dir, OWNER_FILE), 'utf8')) as ProcessIdentity;
    if (isAlive(owner)) return false;
    await stopLeftover(dir);
    await rm(dir, { recursive: true, force: true });
    return true;
  } catch {
    // Another process is at the same work, or the folder has just been made.
    return false;
  }
}
