import { connect, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import type { Logger } from '../telemetry/logger.ts';

export interface BusOptions {
  /** `nats://[user:password@]host:port`, several with commas. */
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
/** Longest wait for JetStream's answer. */
const API_TIMEOUT_MS = 5_000;

/** Connects in the background: a service starts and serves while the bus is away. */
export function connectBus({ url, name, log }: BusOptions): Bus {
  const callbacks: ((connection: NatsConnection) => Promise<void> | void)[] = [];
  let connection: NatsConnection | undefined;
  let isConnected = false;
  let closed = false;

  async function notify(callback: (connection: NatsConnection) => Promise<void> | void): Promise<void> {
    const target = connection;
    while (!closed && isConnected && target !== undefined) {
      try {
        await callback(target);
        return;
      } catch (error) {
        log.warn({ err: error }, 'setting up on the bus failed; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  async function run(): Promise<void> {
    while (!closed && connection === undefined) {
      connection = await connectOnce(url, name).catch((error: Error) => {
        log.warn({ err: error }, 'the bus cannot be reached; trying again');
        return undefined;
      });
      if (connection === undefined) await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
    if (connection === undefined) return;
    if (closed) return connection.close();
    isConnected = true;
    log.info('connected to the bus');
    for (const callback of callbacks) void notify(callback);
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        isConnected = false;
        log.warn('the bus is gone; reconnecting');
      } else if (type === 'reconnect') {
        isConnected = true;
        log.info('reconnected to the bus');
        for (const callback of callbacks) void notify(callback);
      }
    }
  }
  void run();

  const connected = (): NatsConnection => {
    if (connection === undefined) throw new Error('the bus has not been reached yet');
    return connection;
  };
  return {
    get connection() {
      return connection;
    },
    get isConnected() {
      return isConnected;
    },
    jetstream: () => connected().jetstream({ timeout: API_TIMEOUT_MS }),
    manager: () => connected().jetstreamManager({ timeout: API_TIMEOUT_MS, checkAPI: false }),
    onConnect(callback) {
      callbacks.push(callback);
      if (isConnected) void notify(callback);
    },
    async close() {
      closed = true;
      if (connection === undefined || connection.isClosed()) return;
      if (isConnected)
        await Promise.race([connection.drain(), new Promise((r) => setTimeout(r, 2_000).unref())]);
      await connection.close();
    },
  };
}

function connectOnce(url: string, name: string): Promise<NatsConnection> {
  const servers = url.split(',').map((text) => new URL(text));
  const [first] = servers;
  return connect({
    servers: servers.map(({ host }) => host),
    name,
    ...(first?.username
      ? { user: decodeURIComponent(first.username), pass: decodeURIComponent(first.password) }
      : {}),
    // nats gives up after 10 tries unless told otherwise.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    timeout: 2_000,
    pingInterval: 10_000,
    maxPingOut: 2,
  });
}
