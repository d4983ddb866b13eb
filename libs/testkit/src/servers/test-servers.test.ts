import { Redis } from 'ioredis';
import { connect } from 'nats';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useServers } from './test-servers.ts';

/** Databases, prefixes and numbers of the first block, which must be gone in the second. */
const left: { database?: string; prefix?: string; redisUrl?: string } = {};

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function streamNames(url: string): Promise<string[]> {
  const connection = await connect({ servers: url });
  const manager = await connection.jetstreamManager();
  const names: string[] = [];
  for await (const { config } of manager.streams.list()) names.push(config.name);
  await connection.close();
  return names;
}

describe('shared servers', () => {
  const servers = useServers({ postgres: true, nats: true, redis: true });

  it('give each call an empty database of its own', async () => {
    const [one, two] = await Promise.all([
      servers.postgres.createDatabase(),
      servers.postgres.createDatabase(),
    ]);
    await query(one, 'CREATE TABLE mine (id int)');
    await expect(query(two, 'SELECT * FROM mine')).rejects.toThrow('does not exist');
    left.database = new URL(one).pathname.slice(1);
  });

  it('give NATS with JetStream and a prefix of one token', async () => {
    const { url, prefix } = servers.nats;
    expect(prefix).toMatch(/^[a-z0-9]+$/);
    const connection = await connect({ servers: url });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: `${prefix.toUpperCase()}_USAGE`, subjects: [`${prefix}.usage.>`] });
    await connection.close();
    left.prefix = prefix.toUpperCase();
  });

  it('give an empty Redis database', async () => {
    const redis = new Redis(servers.redis.url);
    expect(await redis.dbsize()).toBe(0);
    await redis.set('left', 'behind');
    redis.disconnect();
    left.redisUrl = servers.redis.url;
  });
});

describe('a second block in the same run', () => {
  const servers = useServers({ postgres: true, nats: true, redis: true });
  const urls: string[] = [];
  beforeAll(() => {
    urls.push(servers.postgres.url, servers.nats.url, servers.redis.url);
  });

  it('reads the servers in hooks that were registered later', () => {
    expect(urls.map((url) => new URL(url).protocol)).toEqual(['postgres:', 'nats:', 'redis:']);
  });

  it('finds nothing of what the first has left', async () => {
    const databases = await query(
      servers.postgres.url,
      `SELECT FROM pg_database WHERE datname = '${left.database}'`,
    );
    expect(databases).toEqual([]);
    expect(await streamNames(servers.nats.url)).not.toContain(`${left.prefix}_USAGE`);
    const redis = new Redis(left.redisUrl ?? '');
    expect(await redis.get('left')).toBeNull();
    redis.disconnect();
  });
});

describe('own servers', () => {
  const shared = useServers({ nats: true });
  const servers = useServers({ nats: 'own', postgres: 'own', redis: 'own' });

  it('can be killed and restarted without harm to the shared ones', async () => {
    expect(servers.nats.url).not.toBe(shared.nats.url);
    await servers.nats.server.kill('SIGKILL');
    await expect(connect({ servers: servers.nats.url })).rejects.toThrow();
    expect(await streamNames(shared.nats.url)).toEqual(expect.any(Array));
    await servers.nats.server.restart();
    expect(await streamNames(servers.nats.url)).toEqual([]);
  });

  it('may be down at the end of the file', async () => {
    await servers.postgres.createDatabase();
    await servers.postgres.server.kill('SIGKILL');
    await servers.redis.server.kill('SIGSTOP');
  });
});

describe('before they have started', () => {
  const servers = useServers({ redis: true });
  let early: unknown;
  try {
    early = servers.redis;
  } catch (error) {
    early = error;
  }
  afterAll(() => expect(servers.redis.url).toMatch(/^redis:/));

  it('say where they can be read', () => {
    expect(early).toEqual(new Error('useServers: read `redis` inside tests and hooks, once it has started'));
  });
});
