import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startContainer } from '../docker/container-server.ts';
import { withFileLock } from '../process/file-lock.ts';
import { freePort, isPortFree, LOOPBACK } from '../process/free-port.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts';
import type { ServerHandle, ServerOptions } from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import type { Program } from '../source/program.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import { dataInUse } from './data-in-use.ts';
import { findRunnable, type Runnable } from './find-program.ts';
import { useGivenServer } from './given-server.ts';
import { liveProcess, stopLeftover } from './leftover.ts';
import { LocalServer } from './local-server.ts';
import type { ServerDefinition } from './server-definition.ts';
import { openHome, type ServerHome } from './server-home.ts';
import { readRecord, type ServerRecord, writeRecord } from './server-record.ts';
import { digestOf } from './start-process.ts';

/** Another start on the same folder may be downloading the server. */
const START_LOCK_TIMEOUT_MS = 600_000;
/** Times that a port of our own choice may be snatched away before the server binds it. */
const PORT_TRIES = 3;

/**
 * Gets a server from the first source that has one, and waits until it answers.
 * @throws {ServerStartError}
 */
export async function launchServer(
  definition: ServerDefinition,
  options: ServerOptions,
): Promise<ServerHandle> {
  if (options.given) {
    const { given: url, givenName: name, readyTimeoutMs: timeoutMs } = options;
    return useGivenServer(definition, { url, name, timeoutMs });
  }
  const home = await openHome(options.dataDir);
  const lock = {
    file: join(home.dir, 'start.lock'),
    timeoutMs: START_LOCK_TIMEOUT_MS,
    purpose: `Starting ${PRODUCT_NAMES[definition.kind]}`,
  };
  try {
    return await withFileLock(lock, () => launchIn({ definition, options, home }));
  } catch (error) {
    if (home.life === 'temporary') await rm(home.dir, { recursive: true, force: true });
    throw error;
  }
}

interface Launch {
  readonly definition: ServerDefinition;
  readonly options: ServerOptions;
  readonly home: ServerHome;
}

async function launchIn(launch: Launch): Promise<ServerHandle> {
  const { definition, options, home } = launch;
  const record = await readRecord(home.dir);
  const leftover = record === undefined ? undefined : await takeLeftover(launch, record);
  if (leftover !== undefined) return leftover;
  const runnable = await findRunnable({ definition, home, options, record });
  for (let tries = 1; ; tries += 1) {
    const port = await choosePort(launch, record?.port);
    try {
      return await run(launch, { runnable, port });
    } catch (error) {
      const snatched = options.port === undefined && !(await isPortFree(port));
      if (!snatched || tries === PORT_TRIES) throw error;
    }
  }
}

async function run(launch: Launch, chosen: { runnable: Runnable; port: number }): Promise<ServerHandle> {
  const { definition, options, home } = launch;
  const { runnable, port } = chosen;
  if (runnable.type === 'container') return startContainer({ definition, options, home, port });
  const server = await localServer(launch, { program: runnable.program, port });
  try {
    await server.start();
    return server;
  } catch (error) {
    server.abandon();
    throw error;
  }
}

async function localServer(
  { definition, options, home }: Launch,
  { program, port }: { program: Program; port: number },
): Promise<LocalServer> {
  const url = await definition.url({ home, host: LOOPBACK, port });
  return new LocalServer({ definition, options, url, place: { home, program, port } });
}

/**
 * What an earlier process has left on this folder: taken over when it answers and was started with the same settings, ended when not.
 * @throws {ServerStartError} `DATA_IN_USE` while that process lives
 */
async function takeLeftover(launch: Launch, record: ServerRecord): Promise<ServerHandle | undefined> {
  const { definition, options, home } = launch;
  const process = liveProcess(home.dir, record);
  if (process === undefined) return undefined;
  if (isAlive(record.owner)) {
    throw dataInUse({ kind: definition.kind, dir: home.dir, owner: record.owner });
  }
  const samePort = options.port === undefined || options.port === record.port;
  if (samePort && record.settingsDigest === digestOf(definition.settings)) {
    const answering = await adopt(launch, { record, process });
    if (answering !== undefined) return answering;
  }
  options.onProgress?.(`Stopping ${PRODUCT_NAMES[definition.kind]} that an earlier run has left`);
  await stopLeftover(home.dir);
  return undefined;
}

async function adopt(
  launch: Launch,
  { record, process }: { record: ServerRecord; process: ProcessIdentity },
): Promise<ServerHandle | undefined> {
  const url = await launch.definition.url({ home: launch.home, host: LOOPBACK, port: record.port });
  const version = await launch.definition.probe(url).catch(() => undefined);
  if (version === undefined) return undefined;
  const found = await findRunnable({ ...launch, record });
  if (found.type !== 'program') return undefined;
  const server = await localServer(launch, { program: found.program, port: record.port });
  await writeRecord(launch.home.dir, { ...record, owner: ownIdentity() });
  server.adopt(process, version);
  return server;
}

async function choosePort({ definition, options }: Launch, lastPort: number | undefined): Promise<number> {
  const { kind } = definition;
  if (options.port === undefined) {
    return lastPort !== undefined && (await isPortFree(lastPort)) ? lastPort : freePort();
  }
  if (await isPortFree(options.port)) return options.port;
  throw new ServerStartError({
    kind,
    reason: 'PORT_IN_USE',
    message: `Port ${options.port} on ${LOOPBACK} is in use: stop what listens there, or choose another port for ${PRODUCT_NAMES[kind]}.`,
  });
}
