import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { startRedis } from '../index.ts';
import { leaseRedisDatabase } from './redis-database.ts';

const TIMEOUT_MS = 300_000;

it(
  'leases the first empty database that nobody has, and touches none with data in it',
  async () => {
    await using server = await startRedis();
    const redis = new Redis(`${server.url}/1`);
    await redis.set('precious', 'data');
    const [one, two] = [await leaseRedisDatabase(server.url), await leaseRedisDatabase(server.url)];
    expect([one.url, two.url]).toEqual([`${server.url}/2`, `${server.url}/3`]);
    await one.release();
    const three = await leaseRedisDatabase(server.url);
    expect(three.url).toBe(`${server.url}/2`);
    expect(await redis.get('precious')).toBe('data');
    redis.disconnect();
  },
  TIMEOUT_MS,
);

it(
  'says so when all are taken',
  async () => {
    await using server = await startRedis({ config: ['databases 3'] });
    await leaseRedisDatabase(server.url);
    await leaseRedisDatabase(server.url);
    await expect(leaseRedisDatabase(server.url)).rejects.toThrow(
      'every database of the Redis server is taken',
    );
  },
  TIMEOUT_MS,
);
