import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDownloaded } from '../debian/downloaded-server.ts';
import { serverEnvironment } from '../environment.ts';
import { launchServer } from '../launch/launch-server.ts';
import type { ServerDefinition } from '../launch/server-definition.ts';
import { LOOPBACK } from '../process/free-port.ts';
import type { ServerHandle, ServerOptions } from '../server-handle.ts';
import { probeRedis } from './probe-redis.ts';
import { renderRedisConfig } from './redis-config.ts';

/** Options of a Redis server. */
export interface RedisOptions extends ServerOptions {
  /** `none` (default): memory only. `append-only`: every write is kept, synced each second, and survives a restart. */
  readonly persistence?: 'none' | 'append-only';
  /** Password of the default user; put into `url`. Default: none. */
  readonly password?: string;
  /** Further configuration lines, such as `['user routing on >secret ~switchyard:* +@all']`. */
  readonly config?: readonly string[];
}

/** libsystemd0 is the one library not listed: apt itself needs it. */
const RECIPE = {
  kind: 'redis',
  suite: 'bookworm',
  packages: ['redis-tools', 'redis-server', 'libatomic1', 'libjemalloc2', 'liblzf1', 'libssl3'],
  executable: 'usr/bin/redis-server',
} as const;

const IMAGE = 'redis:7.2-alpine';

/**
 * Starts, or finds, a Redis ≥ 7 on 127.0.0.1.
 * @throws {ServerStartError}
 */
export function startRedis(options: RedisOptions = {}): Promise<ServerHandle> {
  return launchServer(define(options), options);
}

function define({ persistence = 'none', password, config = [] }: RedisOptions): ServerDefinition {
  return {
    kind: 'redis',
    settings: { persistence, password, config },
    dataMajor: async () => undefined,
    findBundled: (place) => findDownloaded(RECIPE, place),
    async prepare({ home, program, port }) {
      const file = join(home.dir, 'redis.conf');
      const dataDir = join(home.dir, 'data');
      await mkdir(dataDir, { recursive: true });
      const text = renderRedisConfig({ host: LOOPBACK, port, dataDir, persistence, password, more: config });
      await writeFile(file, text, { mode: 0o600 });
      return { file: program.file, args: [file], env: serverEnvironment(program.environment) };
    },
    async container() {
      const port = 6379;
      const text = renderRedisConfig({
        host: '0.0.0.0',
        port,
        dataDir: '/data',
        persistence,
        password,
        more: config,
      });
      return {
        image: IMAGE,
        command: ['redis-server', '/etc/switchyard/redis.conf'],
        environment: {},
        files: { '/etc/switchyard/redis.conf': text },
        port,
        dataPath: '/data',
      };
    },
    async url({ host, port }) {
      const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
      return `redis://${secret}${host}:${port}`;
    },
    probe: probeRedis,
  };
}
