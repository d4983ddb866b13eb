import { resolve } from 'node:path';
import { type EndStep, endProcess } from '../process/end-process.ts';
import { commandLineOf, isAlive, type ProcessIdentity } from '../process/process-identity.ts';
import type { ServerKind } from '../server-handle.ts';
import { readRecord, type ServerRecord } from './server-record.ts';

/**
 * How each server is asked to end. PostgreSQL: fast shutdown, then immediate
 * (https://www.postgresql.org/docs/current/server-shutdown.html); its SIGTERM would wait for every client to leave.
 */
export const END_STEPS: Readonly<Record<ServerKind, readonly EndStep[]>> = {
  nats: [{ signal: 'SIGTERM', waitMs: 10_000 }],
  postgres: [
    { signal: 'SIGINT', waitMs: 15_000 },
    { signal: 'SIGQUIT', waitMs: 5_000 },
  ],
  redis: [{ signal: 'SIGTERM', waitMs: 10_000 }],
};

/**
 * The live process of a recorded server. The record alone is not trusted with a signal: the process must have started
 * when the record says, and have the folder on its command line.
 */
export function liveProcess(dir: string, record: ServerRecord): ProcessIdentity | undefined {
  const { process } = record;
  if (process === undefined || !isAlive(process)) return undefined;
  return commandLineOf(process.pid)?.includes(dir) === true ? process : undefined;
}

/**
 * Ends the server process that runs on a data folder, whoever started it. Containers end with the process that started them.
 * @returns whether there was one
 * @throws when it survives even SIGKILL
 */
export async function stopLeftover(dataDir: string): Promise<'stopped' | 'none'> {
  const dir = resolve(dataDir);
  const record = await readRecord(dir);
  const process = record === undefined ? undefined : liveProcess(dir, record);
  if (record === undefined || process === undefined) return 'none';
  if (await endProcess(process, END_STEPS[record.kind])) return 'stopped';
  throw new Error(`the process ${process.pid} of the server on ${dir} doesn't end`);
}
