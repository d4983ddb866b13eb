import { readFile } from 'node:fs/promises';
import {
  endProcess,
  isAlive,
  type ProcessIdentity,
  signalProcess,
  sizeOf,
  spawnServer,
  tailOfLog,
  waitUntil,
} from '@switchyard/testkit/processes';
import { StartError } from '../start-error.ts';

/** What a process is started as. */
export interface ProcessSpec {
  /** Unique in its fleet: `routing`, `routing-2`, `simulator`. */
  readonly name: string;
  /** File that Node runs. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** `host:port`; undefined where it has no gRPC. */
  readonly grpcAddress: string | undefined;
  /** Undefined where it has no HTTP for users. */
  readonly httpUrl: string | undefined;
  /** Of `/metrics`, `/livez`, `/readyz`; undefined where it has none. */
  readonly opsUrl: string | undefined;
  /** Answers 200 when it is ready. */
  readonly readyUrl: string;
  /** How long it may take to end after SIGTERM before it is killed. */
  readonly stopTimeoutMs: number;
}

/** What a managed process tells its owner. */
export interface ProcessEvents {
  /** Its process changed: started, ended. */
  readonly onChange?: () => void;
  /** It ended without being told to. */
  readonly onDeath?: (process: ManagedProcess) => void;
}

/**
 * Nearly all that a request needs is garbage when it is answered. A young part of this many megabytes (each half; V8's own: 32) holds
 * what is under way, and the old part is collected when it has grown by this many percent, where V8 lets it grow to several times of what
 * lives: measured at routing with up to 512 callers by HTTP, 255 to 291 MB resident instead of 319 to 441, for up to a tenth more CPU time with 128.
 */
const HEAP = ['--max-semi-space-size=16', '--heap-growing-percent=50'];
const READY_TIMEOUT_MS = 60_000;
const READY_INTERVAL_MS = 50;
const PROBE_TIMEOUT_MS = 2_000;

/** One process of the fleet, in a session of its own, so that Ctrl-C on the terminal reaches its owner alone. */
export class ManagedProcess {
  readonly spec: ProcessSpec;
  readonly #events: ProcessEvents;
  #process: ProcessIdentity | undefined;
  /** The process of the current or last run. */
  #last: ProcessIdentity | undefined;
  #isReady = false;
  #turn: Promise<unknown> = Promise.resolve();
  /** Where the log of the current run begins. */
  #logStart = 0;

  constructor(spec: ProcessSpec, events: ProcessEvents = {}) {
    this.spec = spec;
    this.#events = events;
  }

  get name(): string {
    return this.spec.name;
  }

  /** `host:port` of its gRPC. @throws where it has none */
  get address(): string {
    return required(this.spec.grpcAddress, `${this.name} has no gRPC`);
  }

  /** Base URL of its HTTP for users. @throws where it has none */
  get httpUrl(): string {
    return required(this.spec.httpUrl, `${this.name} has no HTTP`);
  }

  /** Base URL of `/metrics`, `/livez`, `/readyz`. @throws where it has none */
  get opsUrl(): string {
    return required(this.spec.opsUrl, `${this.name} has no port for operations`);
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#process !== undefined && isAlive(this.#process) ? this.#process.pid : undefined;
  }

  /** The process, to be told from a later one of the same pid; undefined while it is down. */
  get identity(): ProcessIdentity | undefined {
    return this.#process;
  }

  /** Starts it and waits until it is ready. @throws StartError with what it said, and then no process is left */
  start(signal?: AbortSignal): Promise<void> {
    return this.#inTurn(() => this.#start(signal));
  }

  async #start(signal?: AbortSignal): Promise<void> {
    const { entry, env, logFile } = this.spec;
    this.#logStart = await sizeOf(logFile);
    let started: ProcessIdentity | undefined;
    // It may end before its start has been told.
    const onEnd = () => started !== undefined && this.#onEnd(started);
    started = await spawnServer({ file: process.execPath, args: [...HEAP, entry], env, logFile }, onEnd);
    this.#process = started;
    this.#last = started;
    this.#events.onChange?.();
    try {
      await this.#untilReady(started, signal);
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Ends it in an orderly way, by force where it takes too long. Does nothing where it is down. */
  stop(): Promise<'ended' | 'killed' | 'down'> {
    return this.#inTurn(() => this.#end());
  }

  async #end(): Promise<'ended' | 'killed' | 'down'> {
    const running = this.#release();
    if (running === undefined) return 'down';
    const { stopTimeoutMs } = this.spec;
    const startedAtMs = performance.now();
    if (!(await endProcess(running, [{ signal: 'SIGTERM', waitMs: stopTimeoutMs }]))) {
      throw new Error(`the process ${running.pid} of ${this.name} does not end`);
    }
    return performance.now() - startedAtMs < stopTimeoutMs ? 'ended' : 'killed';
  }

  /** Sends a signal. After SIGKILL and SIGTERM it waits for the end; `restart` brings it back. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    return this.#inTurn(async () => {
      switch (signal) {
        case 'SIGTERM':
          await this.#end();
          return;
        case 'SIGKILL': {
          const running = this.#release();
          if (running !== undefined) await endProcess(running, []);
          return;
        }
        case 'SIGSTOP':
        case 'SIGCONT':
          if (this.#process !== undefined) signalProcess(this.#process, signal);
          return;
        default:
          return signal satisfies never;
      }
    });
  }

  /** Starts it again with the same settings; ends it first where it runs. */
  restart(signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end();
      await this.#start(signal);
    });
  }

  /** Whether the process of its current or last run still lives, as one does that is ending. */
  get lives(): boolean {
    return this.#last !== undefined && isAlive(this.#last);
  }

  /** Sends SIGKILL now, whatever else is under way, and waits for nothing. */
  killNow(): void {
    if (this.#last !== undefined) signalProcess(this.#last, 'SIGKILL');
  }

  /** Everything that it has logged since it was first started. */
  logs(): Promise<string> {
    return readFile(this.spec.logFile, 'utf8');
  }

  /** The last lines that it logged in its current or last run. */
  lastLines(): Promise<string> {
    return tailOfLog(this.spec.logFile, this.#logStart);
  }

  /** Operations run one after another, in the order of the calls. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** From here on its end is wanted. */
  #release(): ProcessIdentity | undefined {
    const running = this.#process;
    this.#process = undefined;
    if (running !== undefined) this.#events.onChange?.();
    return running;
  }

  #onEnd(ended: ProcessIdentity): void {
    if (this.#process === undefined || this.#process.pid !== ended.pid) return;
    this.#process = undefined;
    this.#events.onChange?.();
    if (this.#isReady) this.#events.onDeath?.(this);
  }

  async #untilReady(started: ProcessIdentity, signal: AbortSignal | undefined): Promise<void> {
    this.#isReady = false;
    const outcome = await waitUntil({
      ask: async () => {
        signal?.throwIfAborted();
        if (!isAlive(started)) return 'ended' as const;
        return (await answersOk(this.spec.readyUrl)) ? ('ready' as const) : undefined;
      },
      timeoutMs: READY_TIMEOUT_MS,
      intervalMs: READY_INTERVAL_MS,
    });
    if (outcome === 'ready') {
      this.#isReady = true;
      return;
    }
    const why =
      outcome === 'ended' ? 'ended while it started' : `was not ready after ${READY_TIMEOUT_MS / 1_000} s`;
    throw new StartError(
      `${this.name} ${why}. Its log (${this.spec.logFile}) ends with:\n${await this.lastLines()}`,
    );
  }
}

function required<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new TypeError(why);
  return value;
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
