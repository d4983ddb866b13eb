import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, expect, test, vi } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { connectRedis, type RedisConnection } from './connect-redis.ts';

const servers = useServers({ redis: 'own' });
let open: RedisConnection | undefined;

function connect(url: string): RedisConnection {
  const log = createLogger({ service: 'test', level: 'silent' });
  open = connectRedis({ url, name: 'test', commandTimeoutMs: 1_000, log });
  return open;
}

afterEach(() => open?.close());

const connected = (redis: RedisConnection, wanted: boolean) =>
  vi.waitFor(() => expect(redis.isConnected).toBe(wanted), { timeout: 20_000 });

test('commands fail at once while Redis is away, and work once it has come back', async () => {
  const redis = connect(servers.redis.url);
  await connected(redis, true);
  await redis.client.set('key', 'value');
  await servers.redis.server.kill('SIGKILL');
  await connected(redis, false);
  await expect(redis.client.get('key')).rejects.toThrow();
  await servers.redis.server.restart();
  await connected(redis, true);
  expect(await redis.client.set('key', 'again')).toBe('OK');
});

test('what was sent to a Redis that is killed is not sent again', async () => {
  const redis = connect(servers.redis.url);
  await connected(redis, true);
  const blocked = redis.client.blpop('nothing', 0).catch((error: Error) => error);
  await servers.redis.server.restart();
  expect(await blocked).toBeInstanceOf(Error);
});
