import { join } from 'node:path';
import {
  type ServerExit,
  type ServerHandle,
  type ServerKind,
  type ServerOptions,
  ServerStartError,
  startNats,
  startPostgres,
  startRedis,
  stopLeftover,
} from '@switchyard/testkit/servers';
import { type Progress, withProgress } from '../output/progress.ts';
import type { GivenServers, PortPlan } from '../settings/port-plan.ts';
import { StartError } from '../start-error.ts';

/** NATS, PostgreSQL and Redis of one installation. */
export type Servers = Readonly<Record<ServerKind, ServerHandle>>;

/** Every server, in the order in which they are shown. */
export const SERVER_KINDS: readonly ServerKind[] = ['nats', 'postgres', 'redis'];

/** Names for people. */
export const SERVER_NAMES: Readonly<Record<ServerKind, string>> = {
  nats: 'NATS',
  postgres: 'PostgreSQL',
  redis: 'Redis',
};

const GIVEN_NAMES: Readonly<Record<ServerKind, string>> = {
  nats: 'NATS_URL',
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
};

export interface StartServersOptions {
  readonly stateDir: string;
  readonly ports: Pick<PortPlan, ServerKind>;
  readonly given: GivenServers;
  /** `synced`: what is acknowledged survives a crash of the machine. `fast`: that of the processes only. */
  readonly durability: 'fast' | 'synced';
  readonly progress: Progress;
  readonly onDeath: (exit: ServerExit) => void;
}

/** Folder with a server's data. */
const dataDirOf = (stateDir: string, kind: ServerKind): string => join(stateDir, 'data', kind);

/** Starts the three servers side by side, or uses those that are given. @throws StartError, and then none is left */
export async function startServers(options: StartServersOptions): Promise<Servers> {
  const started = await Promise.allSettled(SERVER_KINDS.map((kind) => startServer(kind, options)));
  const handles = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(handles.map((handle) => handle.stop()));
    throw failed.reason;
  }
  return Object.fromEntries(handles.map((handle) => [handle.kind, handle])) as unknown as Servers;
}

async function startServer(kind: ServerKind, options: StartServersOptions): Promise<ServerHandle> {
  const { stateDir, ports, given, durability, progress, onDeath } = options;
  const name = SERVER_NAMES[kind];
  const shared: ServerOptions = {
    given: given[kind],
    givenName: GIVEN_NAMES[kind],
    dataDir: dataDirOf(stateDir, kind),
    port: ports[kind],
    onProgress: (text) => progress({ kind: 'working', task: kind, text }),
    onExit: onDeath,
  };
  const start: Record<ServerKind, () => Promise<ServerHandle>> = {
    nats: () => startNats({ ...shared, durability }),
    postgres: () => startPostgres({ ...shared, durability }),
    redis: () => startRedis(shared),
  };
  return withProgress({ progress, task: kind, text: `Getting ${name}` }, async () => {
    const handle = await start[kind]().catch((error: unknown) => {
      throw error instanceof ServerStartError ? explain(error) : error;
    });
    return {
      result: handle,
      text: `${name} ${handle.version} at ${handle.host}:${handle.port}${originOf(handle)}`,
    };
  });
}

function explain(error: ServerStartError): StartError {
  const wayOut =
    error.reason === 'GIVEN_UNUSABLE'
      ? `: start it, or unset ${GIVEN_NAMES[error.kind]} to have one started here`
      : '';
  return new StartError(`${error.message}${wayOut}`, { cause: error });
}

function originOf({ source }: ServerHandle): string {
  switch (source) {
    case 'given':
      return ' (yours)';
    case 'docker':
      return ' (container)';
    case 'path':
    case 'package':
    case 'download':
      return '';
    default:
      return source satisfies never;
  }
}

/** Ends servers that a start which was killed has left on this folder. @returns names of those that were */
export async function stopLeftServers(stateDir: string): Promise<string[]> {
  const outcomes = await Promise.all(
    SERVER_KINDS.map(async (kind) =>
      (await stopLeftover(dataDirOf(stateDir, kind))) === 'stopped' ? [SERVER_NAMES[kind]] : [],
    ),
  );
  return outcomes.flat();
}
