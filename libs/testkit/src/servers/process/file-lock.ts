import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

export interface FileLock {
  /** The lock is this file; it names the process that holds it. */
  readonly file: string;
  /** Longest wait for another process to finish. */
  readonly timeoutMs: number;
  /** What is being waited for, for the error text. */
  readonly purpose: string;
}

/** A lock file that is still empty after this long belongs to a process that died before it wrote its name. */
const NAMELESS_MS = 5_000;
const RETRY_MS = 20;

/**
 * Runs `work` while no other process on this machine, and no other call in this one, holds the same lock file. The lock of a process
 * that has died is broken.
 * @throws when the lock isn't free in time
 */
export async function withFileLock<Result>(lock: FileLock, work: () => Promise<Result>): Promise<Result> {
  const end = performance.now() + lock.timeoutMs;
  while (!(await take(lock.file))) {
    if (performance.now() >= end) {
      throw new Error(`${lock.purpose}: another process has held ${lock.file} for ${lock.timeoutMs} ms`);
    }
    await breakIfStale(lock.file);
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock.file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(ownIdentity()));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Two processes may find the same stale lock: the second must not remove what the first has taken since. */
async function breakIfStale(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || !(await isStale(file, text))) return;
  const aside = `${file}.${randomUUID()}.stale`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isStale(file: string, text: string): Promise<boolean> {
  try {
    return !isAlive(JSON.parse(text) as ProcessIdentity);
  } catch {
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    return age > NAMELESS_MS;
  }
}
