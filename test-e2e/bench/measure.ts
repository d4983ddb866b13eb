import { readFileSync } from 'node:fs';
import type { Target } from './target.ts';

/** One measurement of one target. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** CPU time of the target's process for each request, user and system, in microseconds; undefined without a process. */
  readonly cpuUsPerRequest: number | undefined;
  /** From call to answer, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Resident memory of the target's process at the end, in MB; undefined without a process. */
  readonly residentMb: number | undefined;
}

/** How much is asked for. */
export interface Amount {
  readonly requests: number;
  readonly concurrency: number;
}

/** Linux counts CPU time of processes in hundredths of a second. Source: proc_pid_stat(5), sysconf(_SC_CLK_TCK) */
const TICK_US = 10_000;

/** Asks a target so many times and tells how it went. */
export async function measure(target: Target, { requests, concurrency }: Amount): Promise<Measured> {
  const latenciesMs: number[] = [];
  const cpuBefore = cpuUs(target.pid);
  const startedAtMs = performance.now();
  let left = requests;
  const work = async () => {
    while (left-- > 0) {
      const askedAtMs = performance.now();
      await target.ask();
      latenciesMs.push(performance.now() - askedAtMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const cpu = cpuUs(target.pid);
  latenciesMs.sort((a, b) => a - b);
  return {
    requestsPerSecond: requests / seconds,
    cpuUsPerRequest: cpu === undefined || cpuBefore === undefined ? undefined : (cpu - cpuBefore) / requests,
    p50Ms: at(latenciesMs, 0.5),
    p99Ms: at(latenciesMs, 0.99),
    residentMb: residentMb(target.pid),
  };
}

/** Source: proc_pid_status(5) */
function residentMb(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return kb === undefined ? undefined : Number(kb) / 1_000;
}

/** A value of numbers in order, by the share of those before it: 0.5 is the median. */
export const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

/** CPU time that a process has used since it began, user and system, in microseconds. */
export function cpuUs(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
