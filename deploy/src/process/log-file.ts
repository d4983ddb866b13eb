import { copyFile, mkdir, rename, rm, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sizeOf } from '@switchyard/testkit/processes';

/** Logs of earlier starts that are kept, as `….1` (the last one) and up. */
const KEPT = 3;
/** A log that grows beyond this while its process runs is put aside. */
export const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** Puts the log of the last start aside, so that a new one begins empty. */
export async function rotateLog(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  if ((await sizeOf(file)) === 0) return;
  await makeRoom(file);
  await rename(file, `${file}.1`);
}

/** Bounds the log of a process that runs: it appends through an open file, so the file is copied and emptied in place. */
export async function boundLog(file: string, maxBytes = MAX_LOG_BYTES): Promise<'kept' | 'cut'> {
  if ((await sizeOf(file)) <= maxBytes) return 'kept';
  await makeRoom(file);
  await copyFile(file, `${file}.1`);
  await truncate(file);
  return 'cut';
}

async function makeRoom(file: string): Promise<void> {
  await rm(`${file}.${KEPT}`, { force: true });
  for (let at = KEPT - 1; at > 0; at--) {
    await rename(`${file}.${at}`, `${file}.${at + 1}`).catch(ignoreMissing);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
