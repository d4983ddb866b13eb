import { chmod, chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
const STAGING_PREFIX = 'init-';

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
  await removeRemains(dir);
  const staging = await mkdtemp(join(dir, STAGING_PREFIX));
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

/** What starts left that were killed meanwhile. Starts on one folder come one after another, so none is at work. */
async function removeRemains(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => name.startsWith(STAGING_PREFIX));
  for (const name of names) await rm(join(dir, name), { recursive: true, force: true });
}
