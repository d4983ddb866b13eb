import { rmSync } from 'node:fs';
import { signalProcess } from '../process/end-process.ts';
import { childrenOf, isAlive, type ProcessIdentity } from '../process/process-identity.ts';

/** What a temporary server leaves to clean up. */
export interface Guarded {
  readonly dir: string;
  readonly process: () => ProcessIdentity | undefined;
}

const guarded = new Set<Guarded>();

/**
 * Kills temporary servers when this process exits without having stopped them, as a failing test may. Kept data is worth an orderly
 * end, and the next start finds its server by the record. Death by a signal can't be caught here: `removeOrphans` is for that.
 * @returns a function that ends the guard
 */
export function guardUntilExit(server: Guarded): () => void {
  if (guarded.size === 0) process.on('exit', killAll);
  guarded.add(server);
  return () => {
    guarded.delete(server);
    if (guarded.size === 0) process.off('exit', killAll);
  };
}

function killAll(): void {
  for (const server of guarded) {
    const process = server.process();
    // Still starting: the folder stays, with the record by which `removeOrphans` finds the process.
    if (process === undefined) continue;
    const family = isAlive(process) ? [process, ...childrenOf(process.pid)] : [];
    for (const member of family) signalProcess(member, 'SIGKILL');
    rmSync(server.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
