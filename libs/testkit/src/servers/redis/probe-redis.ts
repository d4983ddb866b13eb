import { Redis } from 'ioredis';

const PROBE_TIMEOUT_MS = 2_000;

/**
 * Connects and asks for the version.
 * @throws when Redis doesn't answer, refuses the credentials, or is still loading
 */
export async function probeRedis(url: string): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: Error | undefined;
  redis.on('error', (error: Error) => {
    failure = error;
  });
  try {
    await redis.connect();
    const version = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1];
    if (version === undefined) throw new Error('Redis does not state its version');
    return version;
  } catch (error) {
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}
