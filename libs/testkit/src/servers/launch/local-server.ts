import { rm } from 'node:fs/promises';
import { endProcess, signalProcess } from '../process/end-process.ts';
import { LOOPBACK } from '../process/free-port.ts';
import { isAlive, type ProcessIdentity } from '../process/process-identity.ts';
import { tailOfLog } from '../process/server-log.ts';
import type {
  ServerHandle,
  ServerKind,
  ServerOptions,
  ServerSignal,
  ServerSource,
} from '../server-handle.ts';
import { ServerStartError } from '../server-start-error.ts';
import { PRODUCT_NAMES } from '../source/server-version.ts';
import { guardUntilExit } from './exit-guard.ts';
import { END_STEPS } from './leftover.ts';
import type { ServerDefinition, ServerPlace } from './server-definition.ts';
import { logFileOf, startProcess } from './start-process.ts';

const DEFAULT_READY_TIMEOUT_MS = 30_000;
/** How often a server that isn't our child is looked at, to notice its end. */
const ADOPTED_CHECK_MS = 500;

/** Handle of a server process on this machine. Operations run one after another, in the order of the calls. */
export class LocalServer implements ServerHandle {
  readonly kind: ServerKind;
  readonly host = LOOPBACK;
  readonly port: number;
  readonly source: ServerSource;
  readonly logFile: string;
  readonly url: string;
  reused = false;
  version = '';
  readonly #definition: ServerDefinition;
  readonly #place: ServerPlace;
  readonly #options: ServerOptions;
  #process: ProcessIdentity | undefined;
  #stopped = false;
  #last: Promise<unknown> = Promise.resolve();
  #endGuard: (() => void) | undefined;
  #adoptedCheck: NodeJS.Timeout | undefined;

  constructor(made: {
    definition: ServerDefinition;
    place: ServerPlace;
    options: ServerOptions;
    url: string;
  }) {
    this.#definition = made.definition;
    this.#place = made.place;
    this.#options = made.options;
    this.url = made.url;
    this.kind = made.definition.kind;
    this.port = made.place.port;
    this.source = made.place.program.source;
    this.logFile = logFileOf(made.place.home.dir);
    const { dir, life } = made.place.home;
    if (life === 'temporary') this.#endGuard = guardUntilExit({ dir, process: () => this.#process });
  }

  get pid(): number | undefined {
    return this.#process !== undefined && isAlive(this.#process) ? this.#process.pid : undefined;
  }

  /** Takes over a process that an earlier run has left. */
  adopt(process: ProcessIdentity, version: string): void {
    this.#process = process;
    this.version = version;
    this.reused = true;
    this.#adoptedCheck = setInterval(() => {
      if (!isAlive(process)) this.#onEnd(process);
    }, ADOPTED_CHECK_MS).unref();
  }

  /** @throws {ServerStartError} */
  async start(): Promise<void> {
    const { readyTimeoutMs = DEFAULT_READY_TIMEOUT_MS, onProgress = () => {} } = this.#options;
    const started = await startProcess({
      definition: this.#definition,
      place: this.#place,
      readyTimeoutMs,
      onProgress,
      onExit: (process) => this.#onEnd(process),
    });
    this.#process = started.process;
    this.version = started.version;
    // It may have ended between its first answer and the line above.
    if (!isAlive(started.process)) this.#onEnd(started.process);
  }

  /** After a failed start, which has left no process: the folder is the caller's to remove. */
  abandon(): void {
    this.#stopped = true;
    this.#endGuard?.();
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#stopped) return;
      this.#stopped = true;
      await this.#end();
      this.#endGuard?.();
      const { dir, life } = this.#place.home;
      if (life === 'temporary') await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  kill(signal: ServerSignal): Promise<void> {
    return this.#inTurn(async () => {
      this.#refuseWhenStopped();
      if (this.#process === undefined) return;
      switch (signal) {
        case 'SIGSTOP':
        case 'SIGCONT':
          return signalProcess(this.#process, signal);
        case 'SIGTERM':
          return this.#end();
        case 'SIGKILL':
          return this.#end([]);
        default:
          return signal satisfies never;
      }
    });
  }

  restart(): Promise<void> {
    return this.#inTurn(async () => {
      this.#refuseWhenStopped();
      await this.#end();
      await this.start();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #end(steps = END_STEPS[this.kind]): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    clearInterval(this.#adoptedCheck);
    if (process === undefined || (await endProcess(process, steps))) return;
    throw new Error(`${PRODUCT_NAMES[this.kind]}: the process ${process.pid} doesn't end`);
  }

  /** `#process` is unset before an end that is wanted. */
  #onEnd(process: ProcessIdentity): void {
    if (this.#process?.pid !== process.pid) return;
    this.#process = undefined;
    clearInterval(this.#adoptedCheck);
    const { onExit } = this.#options;
    if (onExit === undefined) return;
    void tailOfLog(this.logFile).then((logTail) => onExit({ kind: this.kind, pid: process.pid, logTail }));
  }

  #refuseWhenStopped(): void {
    if (!this.#stopped) return;
    const message = `${PRODUCT_NAMES[this.kind]} was stopped for good: start a new one`;
    throw new ServerStartError({ kind: this.kind, reason: 'STOPPED', message });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
