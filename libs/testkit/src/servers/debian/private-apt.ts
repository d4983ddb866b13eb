import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inheritedEnvironment } from '../environment.ts';
import { type ProgramResult, runProgram } from '../process/run-program.ts';

const UPDATE_TIMEOUT_MS = 180_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;

/** An apt that has its own lists, cache and package state, needs no root, and changes nothing on the machine. */
export interface PrivateApt {
  /** Fetches and checks the index of its sources. */
  update(): Promise<ProgramResult>;
  /** Puts the packages' files, checked against the signed index, into the folder. */
  download(options: { packages: readonly string[]; into: string }): Promise<ProgramResult>;
}

/**
 * Sets one up in `folder`. The machine's own apt settings (proxy, certificates) stay in force.
 * @param sources lines for sources.list; undefined takes the machine's own sources
 */
export async function createPrivateApt(
  folder: string,
  sources: readonly string[] | undefined,
): Promise<PrivateApt> {
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const options = [
    `Dir::State=${join(folder, 'state')}`,
    `Dir::State::status=${join(folder, 'status')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Acquire::Languages=none',
    'Acquire::PDiffs=false',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=30',
    'APT::Update::Error-Mode=any',
    ...(await sourceOptions(folder, sources)),
  ].flatMap((option) => ['-o', option]);
  const apt = (args: readonly string[], limits: { timeoutMs: number; cwd: string }): Promise<ProgramResult> =>
    runProgram({
      file: 'apt-get',
      args: ['-q', ...options, ...args],
      env: inheritedEnvironment(),
      ...limits,
    });
  return {
    update: () => apt(['update'], { timeoutMs: UPDATE_TIMEOUT_MS, cwd: folder }),
    download: ({ packages, into }) =>
      apt(['download', ...packages], { timeoutMs: DOWNLOAD_TIMEOUT_MS, cwd: into }),
  };
}

async function sourceOptions(folder: string, sources: readonly string[] | undefined): Promise<string[]> {
  if (sources === undefined) return [];
  const list = join(folder, 'sources.list');
  await writeFile(list, `${sources.join('\n')}\n`);
  return [`Dir::Etc::SourceList=${list}`, 'Dir::Etc::SourceParts=/dev/null'];
}
