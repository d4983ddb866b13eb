import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dataInUse } from '../launch/data-in-use.ts';
import type { ServerDefinition } from '../launch/server-definition.ts';
import type { ServerHome } from '../launch/server-home.ts';
import { readRecord, writeRecord } from '../launch/server-record.ts';
import { digestOf } from '../launch/start-process.ts';
import { LOOPBACK } from '../process/free-port.ts';
import { isAlive, ownIdentity } from '../process/process-identity.ts';
import type { ServerHandle, ServerOptions, ServerSignal } from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import { containerReady } from './container-ready.ts';
import { type Container, createContainer, isMissing, isRunning } from './create-container.ts';

export interface ContainerStart {
  readonly definition: ServerDefinition;
  readonly options: ServerOptions;
  readonly home: ServerHome;
  readonly port: number;
}

const DEFAULT_READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_SECONDS = 15;

/**
 * Starts the server in a container that ends with this process (testcontainers' reaper sees to that). Kept data lies in a volume named
 * after the folder.
 * @throws {ServerStartError} `CANNOT_RUN`, `NOT_READY`
 */
export async function startContainer(start: ContainerStart): Promise<ServerHandle> {
  const { definition, options, home, port } = start;
  const { kind } = definition;
  const recipe = await definition.container(home);
  const kept = home.life === 'kept' ? { name: nameFor(kind, home.dir) } : {};
  if (kept.name !== undefined) await refuseWhenInUse(definition, { dir: home.dir, name: kept.name });
  options.onProgress?.(`Starting ${PRODUCT_NAMES[kind]} in a container (${recipe.image})`);
  const container = await createContainer({ recipe, port, ...kept }).catch((cause: unknown) => {
    const message = `${PRODUCT_NAMES[kind]} can't run in a container: ${(cause as Error).message}`;
    throw new ServerStartError({ kind, reason: 'CANNOT_RUN', message, cause });
  });
  const url = await definition.url({ home, host: LOOPBACK, port });
  try {
    const version = await containerReady({ definition, container, url, timeoutMs: timeoutOf(options) });
    await writeRecord(home.dir, {
      kind,
      source: 'docker',
      version,
      port,
      settingsDigest: digestOf(definition.settings),
      owner: ownIdentity(),
      process: undefined,
    });
    return new ContainerServer({ start, container, url, version });
  } catch (error) {
    await container.remove({ force: true });
    throw error;
  }
}

function timeoutOf({ readyTimeoutMs = DEFAULT_READY_TIMEOUT_MS }: ServerOptions): number {
  return readyTimeoutMs;
}

function nameFor(kind: string, dir: string): string {
  return `switchyard-${kind}-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`;
}

/** @throws {ServerStartError} `DATA_IN_USE` */
async function refuseWhenInUse(
  { kind }: ServerDefinition,
  { dir, name }: { dir: string; name: string },
): Promise<void> {
  const owner = (await readRecord(dir))?.owner;
  if (owner !== undefined && isAlive(owner) && (await isRunning(name))) throw dataInUse({ kind, dir, owner });
}

/** Handle of a server in a container. */
class ContainerServer implements ServerHandle {
  readonly kind: ServerHandle['kind'];
  readonly host = LOOPBACK;
  readonly port: number;
  readonly source = 'docker';
  readonly pid = undefined;
  readonly reused = false;
  readonly logFile = undefined;
  readonly url: string;
  readonly version: string;
  readonly #start: ContainerStart;
  readonly #container: Container;
  #stopped = false;

  constructor(made: { start: ContainerStart; container: Container; url: string; version: string }) {
    this.#start = made.start;
    this.#container = made.container;
    this.kind = made.start.definition.kind;
    this.port = made.start.port;
    this.url = made.url;
    this.version = made.version;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#end();
    // The volume of kept data has a name and stays; a nameless one goes with its container.
    await this.#container.remove({ force: true, v: true }).catch(ignoreMissing);
    const { dir, life } = this.#start.home;
    if (life === 'temporary') await rm(dir, { recursive: true, force: true });
  }

  async kill(signal: ServerSignal): Promise<void> {
    this.#refuseWhenStopped();
    switch (signal) {
      case 'SIGSTOP':
        return this.#container.pause();
      case 'SIGCONT':
        return this.#container.unpause();
      case 'SIGTERM':
        return this.#end();
      case 'SIGKILL':
        await this.#container.kill({ signal: 'SIGKILL' });
        await this.#container.wait();
        return;
      default:
        return signal satisfies never;
    }
  }

  async restart(): Promise<void> {
    this.#refuseWhenStopped();
    await this.#end();
    await this.#container.start();
    const { definition, options } = this.#start;
    const timeoutMs = timeoutOf(options);
    await containerReady({ definition, container: this.#container, url: this.url, timeoutMs });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #end(): Promise<void> {
    const { State } = await this.#container.inspect();
    if (State.Paused) await this.#container.unpause();
    if (State.Running) await this.#container.stop({ t: STOP_TIMEOUT_SECONDS });
  }

  #refuseWhenStopped(): void {
    if (!this.#stopped) return;
    const message = `${PRODUCT_NAMES[this.kind]} was stopped for good: start a new one`;
    throw new ServerStartError({ kind: this.kind, reason: 'STOPPED', message });
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
