import { natsOptions } from '@switchyard/contracts/nats-options';
import {
  connect,
  ErrorCode,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
} from 'nats';
import type { Logger } from '../telemetry/logger.ts';

export interface BusOptions {
  /**
   * `nats://[user:password@]host:port`; of a cluster any one: it tells of the others. `tls://…` never speaks to a server
   * without TLS, nor to one whose certificate is not for the host and of a trusted authority.
   */
  readonly url: string;
  /** Name shown by the server. */
  readonly name: string;
  readonly log: Logger;
}

/** The bus, which may be away at any time. */
export interface Bus {
  /** The connection, or undefined before the first one. It comes back by itself. */
  readonly connection: NatsConnection | undefined;
  readonly isConnected: boolean;
  /** JetStream with short time limits. @throws while there is no connection */
  jetstream(): JetStreamClient;
  manager(): Promise<JetStreamManager>;
  /** Called at the first and every later connection, and at once where there is one. Failures are logged and tried again. */
  onConnect(callback: (connection: NatsConnection) => Promise<void> | void): void;
  /** Sends what is buffered and closes. */
  close(): Promise<void>;
}

const RETRY_MS = 1_000;
/** Longest wait for what is buffered to be sent. */
const DRAIN_MS = 2_000;
/** Longest wait for JetStream's answer. */
const API_TIMEOUT_MS = 5_000;

/** Connects in the background: a service starts and serves while the bus is away. */
export function connectBus(options: BusOptions): Bus {
  return new ReconnectingBus(options);
}

type OnConnect = (connection: NatsConnection) => Promise<void> | void;

class ReconnectingBus implements Bus {
  readonly #options: BusOptions;
  readonly #callbacks: OnConnect[] = [];
  #connection: NatsConnection | undefined;
  #isConnected = false;
  #closed = false;

  constructor(options: BusOptions) {
    this.#options = options;
    void this.#run();
  }

  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  jetstream(): JetStreamClient {
    return this.#known().jetstream({ timeout: API_TIMEOUT_MS });
  }

  manager(): Promise<JetStreamManager> {
    return this.#known().jetstreamManager({ timeout: API_TIMEOUT_MS, checkAPI: false });
  }

  onConnect(callback: OnConnect): void {
    this.#callbacks.push(callback);
    if (this.#isConnected) void this.#notify(callback);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed()) return;
    if (this.#isConnected) await Promise.race([connection.drain(), pause(DRAIN_MS)]);
    await connection.close();
  }

  #known(): NatsConnection {
    if (this.#connection === undefined) throw new Error('the bus has not been reached yet');
    return this.#connection;
  }

  async #run(): Promise<void> {
    const connection = await this.#firstConnection();
    if (connection === undefined) return;
    if (this.#closed) return connection.close();
    this.#connection = connection;
    this.#came('connected to the bus');
    for await (const { type } of connection.status()) {
      if (type === 'reconnect') this.#came('reconnected to the bus');
      else if (type === 'disconnect') {
        this.#isConnected = false;
        this.#options.log.warn('the bus is gone; reconnecting');
      }
    }
  }

  async #firstConnection(): Promise<NatsConnection | undefined> {
    const { url, name, log } = this.#options;
    while (!this.#closed) {
      try {
        return await connect(natsOptions({ url, name }));
      } catch (error) {
        log.warn({ err: error }, whyNot(error));
        await pause(RETRY_MS);
      }
    }
    return undefined;
  }

  #came(message: string): void {
    this.#isConnected = true;
    this.#options.log.info(message);
    for (const callback of this.#callbacks) void this.#notify(callback);
  }

  async #notify(callback: OnConnect): Promise<void> {
    const connection = this.#connection;
    while (!this.#closed && this.#isConnected && connection !== undefined) {
      try {
        await callback(connection);
        return;
      } catch (error) {
        this.#options.log.warn({ err: error }, 'setting up on the bus failed; trying again');
        await pause(RETRY_MS);
      }
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Why there is no connection, where the error does not say it by itself. */
function whyNot(error: unknown): string {
  return error instanceof NatsError && error.code === ErrorCode.ServerOptionNotAvailable
    ? 'the bus offers no TLS, which a tls:// URL asks for; trying again'
    : 'the bus cannot be reached; trying again';
}
