import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ServerCommand } from '../process/spawn-server.ts';

/** The account that a server is to run as, because it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root, the account is the owner of the data when there is data, else `postgres`, else
 * `nobody`; for anybody else it is themselves.
 * @returns undefined when the server may run as the user we are
 * @throws when root has no such account
 */
export async function unprivilegedAccount(dataDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8'));
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (account === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and this machine has neither an account postgres nor nobody',
    );
  }
  return account;
}

/** Lines of passwd(5): `name:password:uid:gid:…`. */
export function parsePasswd(text: string): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid && Number(uid) !== 0) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

/**
 * The same command under the account. Where the account can't pass the folders on the way, such as a project below a root-only /root,
 * it is given the one capability to do so: the folder stays where the user put it, and its mode stays as it is.
 */
export async function runAs<Command extends Pick<ServerCommand, 'file' | 'args'>>(
  account: Account | undefined,
  options: { command: Command; paths: readonly string[] },
): Promise<Command & Partial<Account>> {
  const { command, paths } = options;
  if (account === undefined) return command;
  const { uid, gid } = account;
  const reachable = await Promise.all(paths.map((path) => canReach(account, path)));
  if (reachable.every(Boolean)) return { ...command, uid, gid };
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return { ...command, file: 'setpriv', args: [...identity, ...rights, '--', command.file, ...command.args] };
}

/** Whether every folder above the path lets the account pass. */
export async function canReach({ uid, gid }: Account, path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = await stat(folder);
    const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
