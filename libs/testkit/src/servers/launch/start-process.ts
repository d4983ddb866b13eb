import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { endProcess } from '../process/end-process.ts';
import { LOOPBACK } from '../process/free-port.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts';
import { rotateLog, sizeOf, tailOfLog } from '../process/server-log.ts';
import { type ServerCommand, spawnServer } from '../process/spawn-server.ts';
import { waitUntil } from '../process/wait-until.ts';
import { ServerStartError } from '../server-start-error.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import { END_STEPS } from './leftover.ts';
import type { ServerDefinition, ServerPlace } from './server-definition.ts';
import { writeRecord } from './server-record.ts';

export interface ProcessStart {
  readonly definition: ServerDefinition;
  readonly place: ServerPlace;
  readonly readyTimeoutMs: number;
  readonly onProgress: (text: string) => void;
  /** Called when the process has ended, for whatever reason. */
  readonly onExit: (process: ProcessIdentity) => void;
}

export interface StartedProcess {
  readonly process: ProcessIdentity;
  /** As the running server states it. */
  readonly version: string;
}

/** Pause before a start is tried again that failed for a passing reason. */
const RETRY_MS = 100;

export function logFileOf(dir: string): string {
  return join(dir, 'server.log');
}

/** Changes with the settings, and gives nothing of them away. */
export function digestOf(settings: unknown): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex');
}

/**
 * Starts the server and waits until it answers.
 * @throws {ServerStartError} `CANNOT_RUN`, `NOT_READY`; no process is left then
 */
export async function startProcess(start: ProcessStart): Promise<StartedProcess> {
  const { definition, place, readyTimeoutMs, onProgress } = start;
  const logFile = logFileOf(place.home.dir);
  const command = { ...(await prepare(definition, place, onProgress)), logFile };
  await rotateLog(logFile);
  const end = performance.now() + readyTimeoutMs;
  while (true) {
    const logStart = await sizeOf(logFile);
    const process = await spawnRecorded(start, command);
    const outcome = await untilReady({ definition, place, process, timeoutMs: end - performance.now() });
    if (outcome.type === 'ready') return { process, version: outcome.version };
    await endProcess(process, END_STEPS[definition.kind]);
    const tail = await tailOfLog(logFile, logStart);
    const mayPass = definition.retryWhenLogged?.test(tail) === true && performance.now() < end;
    if (!mayPass) throw notReady(definition.kind, `${outcome.why}. Its log:\n${tail}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function prepare(
  definition: ServerDefinition,
  place: ServerPlace,
  onProgress: (text: string) => void,
): Promise<Omit<ServerCommand, 'logFile'>> {
  try {
    return await definition.prepare(place, onProgress);
  } catch (error) {
    throw cannotRun(definition, error);
  }
}

/** Written down before the wait for readiness: a process that is killed while it waits must leave a trace too. */
async function spawnRecorded(start: ProcessStart, command: ServerCommand): Promise<ProcessIdentity> {
  const { definition, place, onExit } = start;
  let process: ProcessIdentity | undefined;
  const notify = (): void => {
    if (process !== undefined) onExit(process);
  };
  process = await spawnServer(command, notify).catch((error: unknown) => {
    throw cannotRun(definition, error);
  });
  await writeRecord(place.home.dir, {
    kind: definition.kind,
    source: place.program.source,
    version: place.program.version,
    port: place.port,
    settingsDigest: digestOf(definition.settings),
    owner: ownIdentity(),
    process,
  });
  return process;
}

type Outcome =
  | { readonly type: 'ready'; readonly version: string }
  | { readonly type: 'failed'; readonly why: string };

async function untilReady(options: {
  definition: ServerDefinition;
  place: ServerPlace;
  process: ProcessIdentity;
  timeoutMs: number;
}): Promise<Outcome> {
  const { definition, place, process, timeoutMs } = options;
  const url = await definition.url({ home: place.home, host: LOOPBACK, port: place.port });
  let lastError = 'it never answered';
  const ask = async (): Promise<Outcome | undefined> => {
    const alive = isAlive(process);
    try {
      return { type: 'ready', version: await definition.probe(url) };
    } catch (error) {
      lastError = (error as Error).message;
      return alive ? undefined : { type: 'failed', why: 'it ended at once' };
    }
  };
  const outcome = await waitUntil({ ask, timeoutMs });
  return outcome ?? { type: 'failed', why: `it didn't answer within the time allowed (${lastError})` };
}

function notReady(kind: ServerDefinition['kind'], why: string): ServerStartError {
  return new ServerStartError({
    kind,
    reason: 'NOT_READY',
    message: `${PRODUCT_NAMES[kind]} didn't start: ${why}`,
  });
}

function cannotRun({ kind }: ServerDefinition, cause: unknown): ServerStartError {
  const message = `${PRODUCT_NAMES[kind]} can't run here: ${(cause as Error).message}`;
  return new ServerStartError({ kind, reason: 'CANNOT_RUN', message, cause });
}
