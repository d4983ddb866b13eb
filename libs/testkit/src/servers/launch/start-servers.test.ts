import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { connect, type KV } from 'nats';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ServerHandle,
  type ServerKind,
  startNats,
  startPostgres,
  startRedis,
  stopLeftover,
} from '../index.ts';
import { childrenOf, identityOf, isAlive } from '../process/process-identity.ts';

/** The first run downloads NATS and Redis. */
const TIMEOUT_MS = 300_000;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'start-servers-'));
});
afterEach(async () => {
  // After a failure: a server on kept data outlives its test.
  await stopLeftover(dir);
  await rm(dir, { recursive: true, force: true });
});

/** Writes a value into a server and reads it back later, with the server's own driver. */
interface Subject {
  start(dataDir: string | undefined): Promise<ServerHandle>;
  write(url: string): Promise<void>;
  read(url: string): Promise<string>;
}

const SUBJECTS: Readonly<Record<ServerKind, Subject>> = {
  nats: {
    start: (dataDir) => startNats(dataDir === undefined ? {} : { dataDir }),
    write: (url) => withNats(url, async (bucket) => void (await bucket.put('key', 'kept'))),
    read: async (url) => {
      let value = 'nothing';
      await withNats(url, async (bucket) => {
        value = (await bucket.get('key'))?.string() ?? value;
      });
      return value;
    },
  },
  postgres: {
    start: (dataDir) => startPostgres(dataDir === undefined ? {} : { dataDir }),
    write: (url) => withPostgres(url, "CREATE TABLE kept AS SELECT 'kept' AS value").then(() => undefined),
    read: (url) => withPostgres(url, 'SELECT value FROM kept'),
  },
  redis: {
    start: (dataDir) =>
      startRedis({
        persistence: 'append-only',
        // Each write is synced, so that a SIGKILL right behind it loses none.
        config: ['appendfsync always'],
        password: 'p"a ss',
        ...(dataDir === undefined ? {} : { dataDir }),
      }),
    write: (url) =>
      withRedis(url, async (redis) => String(await redis.set('key', 'kept'))).then(() => undefined),
    read: (url) => withRedis(url, async (redis) => String(await redis.get('key'))),
  },
};

async function withNats(url: string, work: (bucket: KV) => Promise<void>): Promise<void> {
  const connection = await connect({ servers: url });
  await work(await connection.jetstream().views.kv('kept'));
  await connection.close();
}

async function withPostgres(url: string, sql: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return String(rows[0]?.value);
}

async function withRedis(url: string, work: (redis: Redis) => Promise<string>): Promise<string> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on('error', () => {});
  const answer = await work(redis);
  redis.disconnect();
  return answer;
}

describe.each(['nats', 'postgres', 'redis'] as const)('%s', (kind) => {
  const { start, write, read } = SUBJECTS[kind];

  it(
    'keeps its data over SIGKILL and restart, over stop and a new start, on the same port',
    async () => {
      const server = await start(dir);
      const { url, pid } = server;
      expect([server.version, server.host]).toEqual([expect.stringMatching(/^\d+\.\d+/), '127.0.0.1']);
      await write(url);
      await server.kill('SIGKILL');
      await expect(read(url)).rejects.toThrow();
      await server.restart();
      expect([server.url, await read(url)]).toEqual([url, 'kept']);
      expect(server.pid).not.toBe(pid);
      await server.stop();

      await using again = await start(dir);
      expect([again.url, again.reused, await read(again.url)]).toEqual([url, false, 'kept']);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves no process and no temporary folder after stop, even when it was killed or frozen before',
    async () => {
      const servers = [await start(undefined), await start(undefined), await start(undefined)];
      const family = servers.flatMap(({ pid = 0 }) => [identityOf(pid), ...childrenOf(pid)]);
      await servers[1]?.kill('SIGKILL');
      await servers[2]?.kill('SIGSTOP');
      for (const server of servers) await server.stop();
      for (const member of family) expect(member === undefined || isAlive(member)).toBe(false);
      for (const { logFile, pid } of servers) {
        expect(pid).toBeUndefined();
        await expect(stat(logFile ?? '')).rejects.toThrow('ENOENT');
      }
    },
    TIMEOUT_MS,
  );

  it(
    'keeps secrets in files that only their owner can read',
    async () => {
      await using server = await start(dir);
      for (const name of await readdir(dir)) {
        const { mode } = await stat(join(dir, name));
        if (!['data'].includes(name)) expect([name, mode & 0o077]).toEqual([name, 0]);
      }
      expect(server.logFile).toBe(join(dir, 'server.log'));
    },
    TIMEOUT_MS,
  );

  it(
    'stops for good: stop twice is nothing, kill and restart after it are refused',
    async () => {
      const server = await start(undefined);
      await server.stop();
      await server.stop();
      await expect(server.restart()).rejects.toMatchObject({ reason: 'STOPPED', kind });
      await expect(server.kill('SIGKILL')).rejects.toMatchObject({ reason: 'STOPPED', kind });
    },
    TIMEOUT_MS,
  );
});
