import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a form that only this machine and this boot understand. */
  readonly startedAt: string;
}

interface ProcessState {
  readonly parentPid: number;
  readonly startedAt: string;
}

const PS_LIMITS = { encoding: 'utf8', timeout: 2_000, maxBuffer: 4 * 1024 * 1024, stdio: 'pipe' } as const;

/** The identity of a live process, or undefined. A zombie is dead: it holds no port, file or lock. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const state = stateOf(pid);
  return state === undefined ? undefined : { pid, startedAt: state.startedAt };
}

export function ownIdentity(): ProcessIdentity {
  const identity = identityOf(process.pid);
  if (identity === undefined) throw new Error('cannot read the state of the own process');
  return identity;
}

export function isAlive(identity: ProcessIdentity): boolean {
  return stateOf(identity.pid)?.startedAt === identity.startedAt;
}

/** The command line of a live process, its arguments joined by spaces; undefined when there is none. */
export function commandLineOf(pid: number): string | undefined {
  try {
    if (platform() !== 'linux') return ps(['-o', 'command=', '-p', String(pid)]).trim() || undefined;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Live processes whose parent is `pid`. */
export function childrenOf(pid: number): ProcessIdentity[] {
  return allPids().flatMap((child) => {
    const state = stateOf(child);
    return state?.parentPid === pid ? [{ pid: child, startedAt: state.startedAt }] : [];
  });
}

function allPids(): number[] {
  const names = platform() === 'linux' ? readdirSync('/proc') : ps(['-A', '-o', 'pid=']).split('\n');
  return names.map((name) => Number(name.trim())).filter((pid) => Number.isInteger(pid) && pid > 0);
}

function stateOf(pid: number): ProcessState | undefined {
  try {
    return platform() === 'linux'
      ? parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      : stateFromPs(pid);
  } catch {
    return undefined;
  }
}

let bootId: string | undefined;

/** Fields after the command, which is in parentheses and may itself hold any character: see proc_pid_stat(5). */
function parseProcStat(stat: string): ProcessState | undefined {
  const [state, parentPid, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = rest[17];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return undefined;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return { parentPid: Number(parentPid), startedAt: `${bootId}:${startTicks}` };
}

function stateFromPs(pid: number): ProcessState | undefined {
  const [state, parentPid, ...started] = ps(['-o', 'stat=,ppid=,lstart=', '-p', String(pid)])
    .trim()
    .split(/\s+/);
  if (state === undefined || state === '' || state.startsWith('Z')) return undefined;
  return { parentPid: Number(parentPid), startedAt: started.join(' ') };
}

function ps(args: readonly string[]): string {
  return execFileSync('ps', args, PS_LIMITS);
}
