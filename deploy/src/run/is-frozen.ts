import { execFile } from 'node:child_process';

/** Whether a process is stopped, as by SIGSTOP or Ctrl-Z: it lives, and does nothing. */
export const isFrozen = (pid: number): Promise<boolean> =>
  new Promise((resolve) => {
    // `ps` tells it on Linux and on macOS alike.
    execFile('ps', ['-o', 'stat=', '-p', String(pid)], { timeout: 2_000 }, (error, stdout) =>
      resolve(error === null && stdout.trimStart().startsWith('T')),
    );
  });
