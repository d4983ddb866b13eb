import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessIdentity } from '@switchyard/testkit/processes';
import type { FleetParts } from '../fleet/fleet-options.ts';
import { SERVER_KINDS, SERVER_NAMES } from '../fleet/start-servers.ts';
import type { GivenServers } from '../settings/port-plan.ts';
import { readIfThere } from '../settings/private-file.ts';

/** What other commands have to know of a start: kept in its folder, also after its end. */
export interface RunRecord {
  /** The process that started everything and looks after it. */
  readonly owner: ProcessIdentity;
  readonly phase: 'starting' | 'ready' | 'stopping' | 'stopped';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly processes: readonly RecordedProcess[];
  readonly servers: readonly RecordedServer[];
  /** URLs of servers that were started here: whoever has them in the environment means these, and none of their own. */
  readonly ownServerUrls: GivenServers;
}

/** One process of the fleet. */
export interface RecordedProcess {
  readonly name: string;
  /** Undefined while it is down. */
  readonly process?: ProcessIdentity | undefined;
  readonly grpcAddress?: string | undefined;
  readonly httpUrl?: string | undefined;
  readonly readyUrl: string;
  readonly logFile: string;
}

/** NATS, PostgreSQL or Redis. */
export interface RecordedServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** Undefined where it is none of ours, runs in a container, or is down. */
  readonly pid?: number | undefined;
  readonly given: boolean;
}

const fileIn = (stateDir: string): string => join(stateDir, 'run.json');

/** The record in a folder; undefined where there is none or it can't be understood. */
export async function readRunRecord(stateDir: string): Promise<RunRecord | undefined> {
  try {
    const record = JSON.parse((await readIfThere(fileIn(stateDir))) ?? 'null') as RunRecord | null;
    return typeof record?.owner?.pid === 'number' && Array.isArray(record.processes) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Synchronous, so that what is on disk is always the latest state, whoever wrote it. */
export function writeRunRecord(stateDir: string, record: RunRecord): void {
  const file = fileIn(stateDir);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The part of a record that says what runs. */
export function recordParts({
  processes,
  servers,
}: FleetParts): Pick<RunRecord, 'processes' | 'servers' | 'ownServerUrls'> {
  const handles = servers === undefined ? [] : SERVER_KINDS.map((kind) => servers[kind]);
  return {
    processes: processes.map(({ name, identity, spec }) => ({
      name,
      process: identity,
      grpcAddress: spec.grpcAddress,
      httpUrl: spec.httpUrl,
      readyUrl: spec.readyUrl,
      logFile: spec.logFile,
    })),
    servers: handles.map(({ kind, host, port, version, pid, source }) => ({
      name: SERVER_NAMES[kind],
      host,
      port,
      version,
      pid,
      given: source === 'given',
    })),
    ownServerUrls: Object.fromEntries(
      handles.filter(({ source }) => source !== 'given').map(({ kind, url }) => [kind, url]),
    ),
  };
}
