import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findDownloaded } from '../debian/downloaded-server.ts';
import { serverEnvironment } from '../environment.ts';
import { launchServer } from '../launch/launch-server.ts';
import type { ServerDefinition } from '../launch/server-definition.ts';
import { LOOPBACK } from '../process/free-port.ts';
import type { ServerHandle, ServerOptions } from '../server-handle.ts';
import { renderNatsConfig } from './nats-config.ts';
import { probeNats } from './probe-nats.ts';

/** Options of a NATS server with JetStream. */
export interface NatsOptions extends ServerOptions {
  /**
   * `synced`: JetStream fsyncs before it acknowledges (`sync_interval: always`), so that a machine crash loses no
   * acknowledged message. `fast` (default): data survives the death of the process, not that of the machine.
   */
  readonly durability?: 'fast' | 'synced';
  /**
   * Further top-level configuration, such as `accounts`, `authorization`, `max_payload`. Written to a file of mode 0600.
   * Address, port and JetStream's folder can't be changed by it.
   */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Credentials to put into `url`, when `config` asks for some. */
  readonly credentials?: { readonly user: string; readonly password: string };
}

/** bookworm's 2.9 is too old; trixie's 2.10.27 runs on older releases too. */
const RECIPE = {
  kind: 'nats',
  suite: 'trixie',
  packages: ['nats-server'],
  executable: 'usr/sbin/nats-server',
} as const;

const IMAGE = 'nats:2.12-alpine';

/**
 * Starts, or finds, a NATS server ≥ 2.10 with JetStream on 127.0.0.1.
 * @throws {ServerStartError}
 */
export function startNats(options: NatsOptions = {}): Promise<ServerHandle> {
  return launchServer(define(options), options);
}

function define({ durability = 'fast', config = {}, credentials }: NatsOptions): ServerDefinition {
  return {
    kind: 'nats',
    settings: { durability, config },
    dataMajor: async () => undefined,
    findBundled: (place) => findDownloaded(RECIPE, place),
    async prepare({ home, program, port }) {
      const file = join(home.dir, 'nats.json');
      const storeDir = join(home.dir, 'data');
      const text = renderNatsConfig({ host: LOOPBACK, port, storeDir, durability, more: config });
      await writeFile(file, text, { mode: 0o600 });
      return { file: program.file, args: ['-c', file], env: serverEnvironment(program.environment) };
    },
    async container() {
      const port = 4222;
      const text = renderNatsConfig({ host: '0.0.0.0', port, storeDir: '/data', durability, more: config });
      return {
        image: IMAGE,
        command: ['nats-server', '-c', '/etc/switchyard/nats.json'],
        environment: {},
        files: { '/etc/switchyard/nats.json': text },
        port,
        dataPath: '/data',
      };
    },
    async url({ host, port }) {
      const url = new URL(`nats://${host}:${port}`);
      url.username = encodeURIComponent(credentials?.user ?? '');
      url.password = encodeURIComponent(credentials?.password ?? '');
      return url.href;
    },
    probe: probeNats,
  };
}
