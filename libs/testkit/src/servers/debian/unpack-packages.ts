import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inheritedEnvironment } from '../environment.ts';
import type { ProgramResult } from '../process/run-program.ts';
import { runProgram } from '../process/run-program.ts';

const UNPACK_TIMEOUT_MS = 60_000;

/** Unpacks every package file of a folder into another; runs none of their scripts. */
export async function unpackPackages(from: string, into: string): Promise<ProgramResult> {
  const files = (await readdir(from)).filter((name) => name.endsWith('.deb'));
  for (const name of files) {
    const args = ['-x', join(from, name), into];
    const result = await runProgram({
      file: 'dpkg',
      args,
      env: inheritedEnvironment(),
      timeoutMs: UNPACK_TIMEOUT_MS,
    });
    if (result.type === 'failed') return result;
  }
  return { type: 'ok', output: files.join(' ') };
}
