import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

/** How to start a server process. */
export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** File that takes stdout and stderr, appended to. */
  readonly logFile: string;
  /** User and group to run as. Default: those of this process. */
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a server in a session of its own: Ctrl-C on the terminal reaches this process alone, which then ends the servers
 * in its own order. Its output goes to a file and not a pipe, so that it survives the death of this process.
 * @param onExit called when the process has ended
 * @throws when the program can't be executed
 */
export async function spawnServer(command: ServerCommand, onExit: () => void): Promise<ProcessIdentity> {
  const log = openSync(command.logFile, 'a', 0o600);
  try {
    const { file, args, env, uid, gid } = command;
    const child = spawn(file, [...args], {
      cwd: '/',
      env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    child.once('exit', onExit);
    child.unref();
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const pid = child.pid ?? 0;
    return identityOf(pid) ?? { pid, startedAt: 'ended at once' };
  } finally {
    closeSync(log);
  }
}
