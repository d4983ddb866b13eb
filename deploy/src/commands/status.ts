import { isAlive } from '@switchyard/testkit/processes';
import { alignColumns } from '../output/align-columns.ts';
import { type RecordedProcess, type RunRecord, readRunRecord } from '../run/run-record.ts';

/** What runs now. */
export interface Status {
  readonly state: 'not_running' | RunRecord['phase'];
  /** Of the process that looks after the others. */
  readonly pid: number | undefined;
  readonly startedAt: string | undefined;
  readonly parts: readonly PartStatus[];
}

/** One process or server. */
export interface PartStatus {
  readonly name: string;
  /** `ready`, `degraded` (it serves, and something is missing), `not_ready`, `down`, `given` (a server of the user's). */
  readonly state: 'ready' | 'degraded' | 'not_ready' | 'down' | 'given';
  readonly pid: number | undefined;
  readonly address: string;
  /** What is missing; empty: nothing. */
  readonly detail: string;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Looks at what the record of a folder names. */
export async function readStatus(stateDir: string): Promise<Status> {
  const record = await readRunRecord(stateDir);
  if (record === undefined || !isAlive(record.owner)) {
    return { state: 'not_running', pid: undefined, startedAt: undefined, parts: [] };
  }
  const servers = record.servers.map(({ name, host, port, pid, given }): PartStatus => {
    const state = given ? 'given' : pid === undefined ? 'down' : 'ready';
    return { name, state, pid, address: `${host}:${port}`, detail: '' };
  });
  const processes = await Promise.all(record.processes.map(processStatus));
  const { phase, owner, startedAt } = record;
  return { state: phase, pid: owner.pid, startedAt, parts: [...processes, ...servers] };
}

async function processStatus(recorded: RecordedProcess): Promise<PartStatus> {
  const { name, process, grpcAddress, httpUrl, readyUrl } = recorded;
  const address = [grpcAddress, httpUrl].filter((place) => place !== undefined).join(' ');
  if (process === undefined || !isAlive(process)) {
    return { name, state: 'down', pid: undefined, address, detail: `see ${recorded.logFile}` };
  }
  return { name, pid: process.pid, address, ...(await ask(readyUrl)) };
}

async function ask(readyUrl: string): Promise<Pick<PartStatus, 'state' | 'detail'>> {
  try {
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const text = await answer.text();
    if (!readyUrl.endsWith('/readyz')) return { state: answer.ok ? 'ready' : 'not_ready', detail: '' };
    const report = JSON.parse(text) as {
      status: 'ready' | 'degraded' | 'not_ready';
      parts: Record<string, { ok: boolean; detail: string }>;
    };
    const missing = Object.entries(report.parts).filter(([, { ok }]) => !ok);
    return {
      state: report.status,
      detail: missing.map(([part, { detail }]) => `${part}: ${detail}`).join('; '),
    };
  } catch (error) {
    return { state: 'not_ready', detail: (error as Error).message };
  }
}

/** Whether everything runs. */
export const isAllUp = ({ state, parts }: Status): boolean =>
  state === 'ready' && parts.every((part) => part.state !== 'down' && part.state !== 'not_ready');

/** For people. */
export function renderStatus({ state, pid, startedAt, parts }: Status): string {
  if (state === 'not_running') return 'Switchyard is not running here; "npm start" starts it.\n';
  const rows = parts.map((part) => [
    part.name,
    part.state,
    part.pid === undefined ? '-' : String(part.pid),
    part.address,
    part.detail,
  ]);
  const table = alignColumns([['NAME', 'STATE', 'PID', 'ADDRESS', ''], ...rows]);
  return `Switchyard is ${state} (process ${pid}, started ${startedAt}).\n\n${table.join('\n')}\n`;
}
