import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';
import { ownIdentity } from './process-identity.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'file-lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

const lock = (timeoutMs = 5_000) => ({ file: join(dir, 'lock'), timeoutMs, purpose: 'Testing' });

it('lets one in at a time, and everyone in the end', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => withFileLock(lock(), work)));
  expect([most, inside]).toEqual([1, 0]);
  expect(await readdir(dir)).toEqual([]);
});

it('breaks the lock of a process that has died, for one of those who wait', async () => {
  await writeFile(lock().file, JSON.stringify({ ...ownIdentity(), startedAt: 'earlier' }));
  let inside = 0;
  const work = async (): Promise<number> => {
    inside += 1;
    await sleep(5);
    return inside--;
  };
  expect(await Promise.all(Array.from({ length: 10 }, () => withFileLock(lock(), work)))).toEqual(
    Array(10).fill(1),
  );
  expect(await readdir(dir)).toEqual([]);
});

it('says what it waited for when a living process keeps the lock', async () => {
  await writeFile(lock().file, JSON.stringify(ownIdentity()));
  await expect(withFileLock(lock(60), async () => {})).rejects.toThrow(
    /^Testing: another process has held .*lock for 60 ms$/,
  );
});

it('gives the lock back when the work fails', async () => {
  const failing = withFileLock(lock(), () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await readdir(dir)).toEqual([]);
});
