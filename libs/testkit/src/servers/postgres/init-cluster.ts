import { chmod, chown, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverEnvironment } from '../environment.ts';
import { type Account, runAs } from '../launch/run-as.ts';
import { runProgram } from '../process/run-program.ts';

export interface ClusterInit {
  /** Folder in which `data` is made. */
  readonly dir: string;
  readonly initdb: string;
  readonly password: string;
  readonly account: Account | undefined;
  readonly durability: 'fast' | 'synced';
}

const INIT_TIMEOUT_MS = 120_000;

/** Major version of the data in a folder, or undefined when there is none. */
export async function clusterMajor(dir: string): Promise<number | undefined> {
  const text = await readFile(join(dir, 'data', 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text.trim());
}

/**
 * Makes a new data folder, complete or not at all: a start that is killed meanwhile leaves nothing that looks like one.
 * @throws when initdb fails
 */
export async function initCluster({
  dir,
  initdb,
  password,
  account,
  durability,
}: ClusterInit): Promise<void> {
  const staging = await mkdtemp(join(dir, 'init-'));
  try {
    await chmod(staging, 0o700);
    const passwordFile = join(staging, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (account !== undefined) {
      await chown(staging, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const data = join(staging, 'data');
    const args = [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order of texts on every machine, whatever locales it has.
      '--locale=C',
      '--no-instructions',
      ...(durability === 'fast' ? ['--no-sync'] : []),
    ];
    const command = await runAs(account, { command: { file: initdb, args }, paths: [initdb, passwordFile] });
    const run = await runProgram({
      ...command,
      cwd: '/',
      env: serverEnvironment(),
      timeoutMs: INIT_TIMEOUT_MS,
    });
    if (run.type === 'failed') throw new Error(run.text);
    await rename(data, join(dir, 'data'));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
