import { access, constants, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathFolders, serverEnvironment } from '../environment.ts';
import { runProgram } from '../process/run-program.ts';
import type { ServerKind } from '../server-handle.ts';
import { isRecentEnough, majorOf, oldestText, parseVersion } from './server-version.ts';

/** A server program that was seen to run on this machine. */
export interface Program {
  readonly source: 'path' | 'package' | 'download';
  /** Absolute path of the server's executable. */
  readonly file: string;
  readonly version: string;
  /** PostgreSQL's second program, which makes a new data folder. */
  readonly initdb?: string;
  /** Variables that it needs, such as LD_LIBRARY_PATH. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program, or why this source has none, as a part of a sentence. */
export type ProgramSearch =
  | { readonly type: 'found'; readonly program: Program }
  | { readonly type: 'absent'; readonly why: string };

/** The executable of each server. */
export const EXECUTABLES: Readonly<Record<ServerKind, string>> = {
  nats: 'nats-server',
  postgres: 'postgres',
  redis: 'redis-server',
};

const VERSION_TIMEOUT_MS = 10_000;

/** What a PostgreSQL data folder demands of the server: data of one major version is readable by that version only. */
export interface DataNeed {
  readonly kind: ServerKind;
  /** Major version that wrote the data; undefined for new data, and for servers that read their older data. */
  readonly dataMajor: number | undefined;
}

/** The first program on PATH whose version will do. */
export async function findOnPath(need: DataNeed): Promise<ProgramSearch> {
  const name = EXECUTABLES[need.kind];
  const refusals: string[] = [];
  for (const file of await candidates(name)) {
    const search = await checkProgram(need, {
      source: 'path',
      file,
      ...(await initdbBeside(need.kind, file)),
    });
    if (search.type === 'found') return search;
    refusals.push(search.why);
  }
  return { type: 'absent', why: refusals.length === 0 ? `no ${name} is on PATH` : refusals.join(', ') };
}

/** Runs the program to learn its version: one that is there and can't be executed is no use. */
export async function checkProgram(
  need: DataNeed,
  program: Omit<Program, 'version'>,
): Promise<ProgramSearch> {
  const { kind, dataMajor } = need;
  const env = serverEnvironment(program.environment);
  const run = await runProgram({
    file: program.file,
    args: ['--version'],
    env,
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  if (run.type === 'failed') return { type: 'absent', why: run.text };
  const version = parseVersion(run.output);
  if (version === undefined) return { type: 'absent', why: `${program.file} doesn't state its version` };
  if (!isRecentEnough(kind, version)) {
    return { type: 'absent', why: `${program.file} is ${version}, older than ${oldestText(kind)}` };
  }
  if (dataMajor !== undefined && majorOf(version) !== dataMajor) {
    return { type: 'absent', why: `${program.file} is ${version}, and the data is of version ${dataMajor}` };
  }
  if (kind === 'postgres' && program.initdb === undefined) {
    return { type: 'absent', why: `${program.file} has no initdb beside it` };
  }
  return { type: 'found', program: { ...program, version } };
}

async function candidates(name: string): Promise<string[]> {
  const files = pathFolders().map((folder) => join(folder, name));
  const executable = await Promise.all(files.map(isExecutable));
  return files.filter((_, index) => executable[index]);
}

/** Debian puts links on PATH and the programs elsewhere. */
async function initdbBeside(kind: ServerKind, file: string): Promise<{ initdb?: string }> {
  if (kind !== 'postgres') return {};
  for (const folder of [dirname(file), dirname(await realpath(file))]) {
    const initdb = join(folder, 'initdb');
    if (await isExecutable(initdb)) return { initdb };
  }
  return {};
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
