import { isAlive } from '@switchyard/testkit/processes';
import { alignColumns } from '../output/align-columns.ts';
import { isFrozen } from '../run/is-frozen.ts';
import { probeServer } from '../run/probe-server.ts';
import {
  type RecordedProcess,
  type RecordedServer,
  type RunRecord,
  readRunRecord,
} from '../run/run-record.ts';

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
  /** `degraded`: it serves, and something is missing. `frozen`: its process is stopped. `not_answering`: it lives and says nothing. */
  readonly state: 'ready' | 'degraded' | 'not_ready' | 'frozen' | 'not_answering' | 'down';
  /** Undefined where it is down, runs in a container, or is a server of the user's. */
  readonly pid: number | undefined;
  readonly address: string;
  /** What is missing, or what else there is to know. */
  readonly detail: string;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Looks at what the record of a folder names. */
export async function readStatus(stateDir: string): Promise<Status> {
  const record = await readRunRecord(stateDir);
  if (record === undefined || !isAlive(record.owner)) {
    return { state: 'not_running', pid: undefined, startedAt: undefined, parts: [] };
  }
  const [processes, servers] = await Promise.all([
    Promise.all(record.processes.map(processStatus)),
    Promise.all(record.servers.map(serverStatus)),
  ]);
  const { phase, owner, startedAt } = record;
  return { state: phase, pid: owner.pid, startedAt, parts: [...processes, ...servers] };
}

async function serverStatus({ name, host, port, pid, given }: RecordedServer): Promise<PartStatus> {
  const answer = await probeServer({ name, host, port, timeoutMs: PROBE_TIMEOUT_MS });
  const at = { name, address: `${host}:${port}` };
  if (answer === 'answers') return { ...at, state: 'ready', pid, detail: given ? 'yours' : '' };
  if (answer === 'away') return { ...at, state: 'down', pid: undefined, detail: given ? 'yours' : '' };
  return { ...at, pid, ...(await silence(pid)) };
}

/** What is with a part that takes connections, or lives, and does not answer. */
async function silence(pid: number | undefined): Promise<Pick<PartStatus, 'state' | 'detail'>> {
  if (pid !== undefined && (await isFrozen(pid)))
    return { state: 'frozen', detail: `its process is stopped; "kill -CONT ${pid}" lets it go on` };
  return { state: 'not_answering', detail: `no answer within ${PROBE_TIMEOUT_MS / 1_000} s` };
}

async function processStatus(recorded: RecordedProcess): Promise<PartStatus> {
  const { name, process, grpcAddress, httpUrl, readyUrl } = recorded;
  const address = [grpcAddress, httpUrl].filter((place) => place !== undefined).join(' ');
  if (process === undefined || !isAlive(process)) {
    return { name, state: 'down', pid: undefined, address, detail: `see ${recorded.logFile}` };
  }
  const { pid } = process;
  return { name, pid, address, ...((await ask(readyUrl)) ?? (await silence(pid))) };
}

/** undefined where there is no answer in time. */
async function ask(readyUrl: string): Promise<Pick<PartStatus, 'state' | 'detail'> | undefined> {
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
    if ((error as Error).name === 'TimeoutError') return undefined;
    return { state: 'not_ready', detail: (error as Error).message };
  }
}

/** Whether everything runs. */
export const isAllUp = ({ state, parts }: Status): boolean =>
  state === 'ready' && parts.every((part) => part.state === 'ready' || part.state === 'degraded');

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
