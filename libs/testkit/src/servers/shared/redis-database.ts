import { Redis } from 'ioredis';

/** A numbered Redis database that one test file has for itself. */
export interface RedisDatabase {
  readonly url: string;
  /** Empties it and gives it back. */
  release(): Promise<void>;
}

/** Given servers have 16 databases by default, ours 2,000; database 0 keeps the leases. */
const HIGHEST_NUMBER = 1_999;
/** A lease that outlives its run by this much is free again. */
const LEASE_SECONDS = 3_600;

/**
 * Leases the first database that is empty and nobody else's. Never touches one that has something in it.
 * @param serverUrl URL without a database number
 * @throws when all are taken
 */
export async function leaseRedisDatabase(serverUrl: string): Promise<RedisDatabase> {
  return withRedis(serverUrl, async (redis) => {
    for (let number = 1; number <= HIGHEST_NUMBER; number += 1) {
      const lease = leaseOf(number);
      if ((await redis.set(lease, process.pid, 'EX', LEASE_SECONDS, 'NX')) === null) continue;
      const isEmpty = await isEmptyDatabase(redis, number);
      if (isEmpty) return { url: urlOf(serverUrl, number), release: () => release(serverUrl, number) };
      await redis.del(lease);
    }
    throw new Error('every database of the Redis server is taken');
  });
}

/** @returns false for a number beyond those that the server has, too */
async function isEmptyDatabase(redis: Redis, number: number): Promise<boolean> {
  try {
    await redis.select(number);
  } catch {
    return false;
  }
  const size = await redis.dbsize();
  await redis.select(0);
  return size === 0;
}

async function release(serverUrl: string, number: number): Promise<void> {
  await withRedis(serverUrl, async (redis) => {
    await redis.select(number);
    await redis.flushdb();
    await redis.select(0);
    await redis.del(leaseOf(number));
  });
}

function leaseOf(number: number): string {
  return `switchyard-test-lease:${number}`;
}

function urlOf(serverUrl: string, number: number): string {
  const url = new URL(serverUrl);
  url.pathname = `/${number}`;
  return url.href;
}

async function withRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(urlOf(url, 0), { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  await redis.connect();
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
