import { Redis } from 'ioredis';
import type { Logger } from '../telemetry/logger.ts';

export interface RedisOptions {
  /** `redis://[user:password@]host:port[/database]`; `rediss://` with TLS. */
  readonly url: string;
  /** Name shown by CLIENT LIST. */
  readonly name: string;
  /** Longest wait for one answer, in milliseconds: Redis only speeds things up, so nobody waits for it for long. */
  readonly commandTimeoutMs: number;
  readonly log: Logger;
}

/** Redis, which may be away at any time. */
export interface RedisConnection {
  /** Commands fail at once while there is no connection; one that was sent is never sent again. */
  readonly client: Redis;
  readonly isConnected: boolean;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 1_000;

/** Connects in the background: a service starts and serves while Redis is away, and comes back to it by itself. */
export function connectRedis({ url, name, commandTimeoutMs, log }: RedisOptions): RedisConnection {
  const client = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: commandTimeoutMs,
    // ioredis would keep commands for later, and repeat those whose answer was lost.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(times * 100, MAX_RECONNECT_MS),
  });
  let isConnected = false;
  client.on('ready', () => {
    isConnected = true;
  });
  client.on('close', () => {
    if (isConnected) log.warn('the connection to Redis broke; it is made again');
    isConnected = false;
  });
  // Told by `close`, and by the part's state; without a listener it would end the process.
  client.on('error', (error) => log.debug({ err: error }, 'Redis cannot be reached'));
  return {
    client,
    get isConnected() {
      return isConnected;
    },
    close: () => client.disconnect(),
  };
}
