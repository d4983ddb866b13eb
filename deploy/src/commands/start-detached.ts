import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '@switchyard/service-kit';
import type { Progress } from '../output/progress.ts';
import { rotateLog } from '../process/log-file.ts';
import { readStateDir } from '../settings/local-settings.ts';
import { StartError } from '../start-error.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

/**
 * Starts a process that stays, with its output in `logs/start.log`, and shows how it goes until it is ready.
 *
 * @returns what to tell the user
 * @throws StartError with what it said, and then it has ended
 */
export async function startDetached(options: {
  readonly env: Env;
  readonly progress: Progress;
  /** File that Node runs. */
  readonly entry: string;
}): Promise<string> {
  const { env, progress, entry } = options;
  const logFile = join(readStateDir(env), 'logs', 'start.log');
  await rotateLog(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [entry, 'start', '--supervise'], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...env },
  });
  closeSync(log);
  // Ctrl-C while it starts: the child drains, says so, and ends.
  const stop = () => child.kill('SIGTERM');
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'progress') return progress(message.event);
      if (message.kind === 'failed') return reject(new StartError(message.text));
      child.disconnect();
      child.unref();
      resolve(message.summary);
    });
    child.once('error', (error) => reject(error));
    child.once('exit', () => reject(new StartError(`stopped before everything was ready; see ${logFile}`)));
  });
}
