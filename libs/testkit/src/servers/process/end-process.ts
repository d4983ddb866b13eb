import { childrenOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import { waitUntil } from './wait-until.ts';

/** One step on the way to the end of a process: the signal, and how long it may take to work. */
export interface EndStep {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL';
  readonly waitMs: number;
}

/** After SIGKILL the kernel needs a moment, longer on a busy machine. */
const KILL_WAIT_MS = 10_000;

/**
 * Ends a process and its children, by ever harder means. Children are collected first, because they lose their parent
 * when it dies; PostgreSQL's, which are their own session leaders, would be found by no process group.
 * @returns whether no process is left.
 */
export async function endProcess(process: ProcessIdentity, steps: readonly EndStep[]): Promise<boolean> {
  const family = [process, ...(isAlive(process) ? childrenOf(process.pid) : [])];
  for (const { signal, waitMs } of steps) {
    // A frozen process would sleep through anything but SIGKILL.
    signalProcess(process, 'SIGCONT');
    signalProcess(process, signal);
    if (await allGone(family, waitMs)) return true;
  }
  for (const member of family) signalProcess(member, 'SIGKILL');
  return allGone(family, KILL_WAIT_MS);
}

/** Sends a signal, unless the process has ended or its pid belongs to another one by now. */
export function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    // It ended between the two lines above.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function allGone(family: readonly ProcessIdentity[], timeoutMs: number): Promise<boolean> {
  const gone = await waitUntil({ ask: () => (family.some(isAlive) ? undefined : true), timeoutMs });
  return gone === true;
}
