import { systemClock } from '@switchyard/kernel';
import type { ServerExit } from '@switchyard/testkit/servers';
import { devEnv } from '../output/dev-env.ts';
import { type Progress, withProgress } from '../output/progress.ts';
import { boundLog } from '../process/log-file.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { RegisteredProviders } from '../providers/register-providers.ts';
import { awaitSettled, type DegradedPart } from './await-settled.ts';
import type { FleetOptions } from './fleet-options.ts';
import { KeepAlive } from './keep-alive.ts';
import { migrateSchemas } from './migrate-schemas.ts';
import { planProcesses } from './plan-processes.ts';
import type { Preparation } from './prepare-fleet.ts';
import { registerFound } from './register-found.ts';
import { SERVICE_NAMES } from './service-table.ts';
import { startProcesses, stopProcesses } from './start-processes.ts';
import { SERVER_KINDS, SERVER_NAMES, type Servers, startServers } from './start-servers.ts';

/** Services are ready before they have found each other. */
const SETTLE_TIMEOUT_MS = 45_000;
const LOG_CHECK_MS = 60_000;

/** A whole installation that runs: servers, services, simulator. Dispose it, or call `stop`. */
export class RunningFleet implements AsyncDisposable {
  /** Folder with its data, logs and keys. */
  readonly stateDir: string;
  /** A key of role admin, for the whole installation. */
  readonly apiKey: string;
  /** Base URL of routing's HTTP (of its first replica). */
  readonly httpUrl: string;
  /** `host:port` of routing's gRPC (of its first replica). */
  readonly grpcAddress: string;
  /** Base URL of the provider simulator. */
  readonly simulatorUrl: string;
  readonly #prepared: Preparation;
  readonly #options: FleetOptions;
  readonly #progress: Progress;
  readonly #processes: ManagedProcess[] = [];
  readonly #end = new AbortController();
  #servers: Servers | undefined;
  #providers: RegisteredProviders | undefined;
  #degraded: readonly DegradedPart[] = [];
  #stopping: Promise<void> | undefined;

  constructor(prepared: Preparation, options: FleetOptions) {
    const { ports, identity } = prepared;
    this.stateDir = prepared.stateDir;
    this.apiKey = identity.operatorKey;
    this.httpUrl = `http://127.0.0.1:${ports.http}`;
    this.grpcAddress = `127.0.0.1:${ports.services.routing.grpc}`;
    this.simulatorUrl = `http://127.0.0.1:${ports.simulator}`;
    this.#prepared = prepared;
    this.#options = options;
    this.#progress = prepared.progress;
  }

  /** Handles that kill and restart NATS, PostgreSQL, Redis. */
  get servers(): Servers {
    if (this.#servers === undefined) throw new TypeError('the servers have not been started yet');
    return this.#servers;
  }

  /** The services' processes and the simulator's. */
  get processes(): readonly ManagedProcess[] {
    return this.#processes;
  }

  /** Who serves; undefined where routing or credential is not part of the fleet. */
  get providers(): RegisteredProviders | undefined {
    return this.#providers;
  }

  /** What was not in order when the start was complete; empty where everything was. */
  get degraded(): readonly DegradedPart[] {
    return this.#degraded;
  }

  /** What the user should know of the providers that were looked for, in sentences. */
  get notes(): readonly string[] {
    return this.#prepared.found.notes;
  }

  /** The variables of `.switchyard/dev.env`. */
  get devEnv(): Readonly<Record<string, string>> {
    const { nats, postgres, redis } = this.servers;
    const urls = { nats: nats.url, postgres: postgres.url, redis: redis.url };
    return devEnv({ apiKey: this.apiKey, ports: this.#prepared.ports, urls });
  }

  /** A process by its name: `routing`, `routing-2`, `credential`, `simulator`. @throws where there is none */
  process(name: string): ManagedProcess {
    const found = this.#processes.find((process) => process.name === name);
    if (found !== undefined) return found;
    throw new TypeError(
      `no process ${name}; there are ${this.#processes.map((each) => each.name).join(', ')}`,
    );
  }

  /** Kills all processes now and waits for nothing: for a process that is about to end without having stopped them. */
  readonly killNow = (): void => {
    for (const process of this.#processes) process.killNow();
  };

  /** The same with the servers, whose data is not kept. */
  readonly #killAllNow = (): void => {
    this.killNow();
    for (const server of Object.values(this.#servers ?? {}))
      if (server.source !== 'given' && server.pid !== undefined) process.kill(server.pid, 'SIGKILL');
  };

  /** Starts everything. @throws StartError; what has started by then is for `stop` to end */
  async start(): Promise<void> {
    const { signal } = this.#end;
    this.#options.signal?.addEventListener('abort', () => this.#end.abort(), { once: true });
    if (this.#options.signal?.aborted) this.#end.abort();
    // As the testkit does with servers in temporary folders: nobody would find these processes again.
    if (this.#options.stateDir === undefined) process.once('exit', this.#killAllNow);
    const keepAlive = new KeepAlive({ progress: this.#progress, clock: systemClock, signal });
    this.#servers = await this.#startServers(keepAlive);
    this.#changed();
    signal.throwIfAborted();
    await this.#migrate(this.#servers.postgres.url);
    const planned = await planProcesses(this.#prepared, { servers: this.#servers, options: this.#options });
    signal.throwIfAborted();
    await startProcesses(planned, {
      progress: this.#progress,
      signal,
      onCreated: (process) => this.#processes.push(process),
      events: {
        onChange: () => this.#changed(),
        onDeath: (process) => void this.#onProcessDeath(process, keepAlive),
      },
    });
    this.#providers = await registerFound(this.#prepared, this.#options, signal);
    // A fleet without some of the services stays degraded: there is nothing to wait for.
    const timeoutMs = this.#options.services === undefined ? SETTLE_TIMEOUT_MS : 0;
    this.#degraded = await awaitSettled(this.#processes, { timeoutMs, signal });
    this.#boundLogs();
  }

  /** Drains and ends everything, in the order in which one needs the other. Calling it again waits for the same end. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#end.abort();
    await stopProcesses(this.#processes, this.#progress);
    const servers = this.#servers;
    if (servers !== undefined) {
      await Promise.all(
        SERVER_KINDS.filter((kind) => servers[kind].source !== 'given').map((kind) => {
          const text = `Stopping ${SERVER_NAMES[kind]}`;
          return withProgress({ progress: this.#progress, task: kind, text }, async () => {
            await servers[kind].stop();
            return { result: undefined, text: `${SERVER_NAMES[kind]} has stopped` };
          });
        }),
      );
    }
    this.#changed();
    process.off('exit', this.#killAllNow);
    await this.#prepared.removeStateDir();
  }

  #startServers(keepAlive: KeepAlive): Promise<Servers> {
    const { stateDir, ports } = this.#prepared;
    const { given = {}, durability = 'fast' } = this.#options;
    return startServers({
      stateDir,
      ports,
      given,
      durability,
      progress: this.#progress,
      onDeath: (exit) => void this.#onServerDeath(exit, keepAlive),
    });
  }

  #migrate(url: string): Promise<void> {
    const { services = SERVICE_NAMES } = this.#options;
    const text = 'Bringing the database up to date';
    return withProgress({ progress: this.#progress, task: 'migrate', text }, async () => {
      const applied = await migrateSchemas(services, { url, identity: this.#prepared.identity });
      const done = applied === 0 ? 'Database is up to date' : `Database: ${applied} migrations applied`;
      return { result: undefined, text: done };
    });
  }

  async #onProcessDeath(process: ManagedProcess, keepAlive: KeepAlive): Promise<void> {
    if (this.#options.onDeath !== 'restart' || this.#end.signal.aborted) return;
    const { name } = process;
    const restart = () => process.restart(this.#end.signal);
    await keepAlive.onDeath({ name, lastLines: await process.lastLines(), restart });
  }

  async #onServerDeath({ kind, logTail }: ServerExit, keepAlive: KeepAlive): Promise<void> {
    this.#changed();
    if (this.#options.onDeath !== 'restart' || this.#end.signal.aborted) return;
    const restart = async () => {
      await this.servers[kind].restart();
      this.#changed();
    };
    await keepAlive.onDeath({ name: SERVER_NAMES[kind], lastLines: logTail, restart });
  }

  #boundLogs(): void {
    const bound = () => {
      for (const { spec } of this.#processes) void boundLog(spec.logFile).catch(() => {});
    };
    const timer = setInterval(bound, LOG_CHECK_MS).unref();
    this.#end.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  #changed(): void {
    this.#options.onChange?.({ servers: this.#servers, processes: this.#processes });
  }
}
