import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ServerExit,
  type ServerHandle,
  startNats,
  startPostgres,
  startRedis,
  stopLeftover,
} from '../index.ts';

const TIMEOUT_MS = 300_000;

let dir: string;
let listeners: Server[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'failures-'));
  listeners = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const listener of listeners) listener.close();
  await stopLeftover(dir);
  await rm(dir, { recursive: true, force: true });
});

/** A port on which something other than a server listens. */
async function listen(greeting = 'HTTP/1.1 400 Bad Request\r\n\r\n'): Promise<number> {
  const listener = createServer((socket) => socket.end(greeting));
  listeners.push(listener);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return (listener.address() as AddressInfo).port;
}

describe('a server that can not start', () => {
  it('for its port is taken, says so and names the way out', async () => {
    const port = await listen();
    await expect(startRedis({ port })).rejects.toMatchObject({
      reason: 'PORT_IN_USE',
      message: `Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another port for Redis.`,
    });
  });

  it(
    'for its configuration is wrong, shows the last lines of its log, and leaves nothing behind',
    async () => {
      vi.stubEnv('TMPDIR', dir);
      const failures = await Promise.allSettled([
        startNats({ config: { no_such_option: true } }),
        startRedis({ config: ['no-such-option yes'] }),
        startPostgres({ settings: { no_such_option: 'on' } }),
      ]);
      expect(failures).toEqual(
        ['NATS', 'Redis', 'PostgreSQL'].map((name) => ({
          status: 'rejected',
          reason: expect.objectContaining({
            reason: 'NOT_READY',
            message: expect.stringMatching(
              new RegExp(`^${name} didn't start: it ended at once.*no.such.option`, 's'),
            ),
          }),
        })),
      );
      expect(await readdir(dir)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'in the time allowed is ended',
    async () => {
      const start = startPostgres({ dataDir: dir, readyTimeoutMs: 0 });
      await expect(start).rejects.toMatchObject({
        reason: 'NOT_READY',
        message: expect.stringContaining('within the time'),
      });
      expect(await stopLeftover(dir)).toBe('none');
    },
    TIMEOUT_MS,
  );

  it('for no source is allowed to have it, says how to get it', async () => {
    await expect(startNats({ sources: [], givenName: 'MY_NATS_URL' })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: expect.stringMatching(
        /^NATS 2\.10 or newer is needed.*put nats-server on PATH.*or set MY_NATS_URL/,
      ),
    });
  });

  it(
    'because other software wrote its data, says which version did',
    async () => {
      await mkdir(join(dir, 'data'));
      await writeFile(join(dir, 'data/PG_VERSION'), '9\n');
      await expect(startPostgres({ dataDir: dir })).rejects.toMatchObject({
        reason: 'DATA_VERSION',
        message: expect.stringContaining(`The data in ${dir} was written by PostgreSQL 9, which isn't here`),
      });
    },
    TIMEOUT_MS,
  );
});

describe('a given server', () => {
  it(
    'is used as it is, and left alone',
    async () => {
      await using nats = await startNats();
      await using redis = await startRedis({ password: 'secret' });
      await using postgres = await startPostgres();
      const given: ServerHandle[] = [
        await startNats({ given: nats.url }),
        await startRedis({ given: redis.url }),
        await startPostgres({ given: postgres.url }),
      ];
      for (const [index, server] of given.entries()) {
        const original = [nats, redis, postgres][index];
        expect([server.url, server.source, server.version]).toEqual([
          original?.url,
          'given',
          original?.version,
        ]);
        await expect(server.kill('SIGKILL')).rejects.toMatchObject({ reason: 'NOT_OURS' });
        await expect(server.restart()).rejects.toMatchObject({ reason: 'NOT_OURS' });
        await server.stop();
        expect(original?.pid).toBeGreaterThan(0);
      }
    },
    TIMEOUT_MS,
  );

  it.each([
    ['INFO {"version":"2.9.10","jetstream":true}\r\n', 'version 2.9.10 is older than NATS 2.10'],
    ['INFO {"version":"2.11.0"}\r\n', 'JetStream is off'],
  ])('that greets with %j is refused', async (greeting, why) => {
    const given = `nats://127.0.0.1:${await listen(greeting)}`;
    await expect(startNats({ given, readyTimeoutMs: 2_000 })).rejects.toMatchObject({
      reason: 'GIVEN_UNUSABLE',
      message: expect.stringContaining(why),
    });
  });

  it(
    'that is something else is refused without its URL in the text',
    async () => {
      const port = await listen();
      const given = `nats://user:canary@127.0.0.1:${port}`;
      const failure = await startNats({ given, givenName: 'NATS_URL', readyTimeoutMs: 2_000 }).catch(
        (error: Error) => error,
      );
      expect(failure).toMatchObject({ reason: 'GIVEN_UNUSABLE' });
      expect((failure as Error).message).toMatch(
        /^The NATS server at the URL in NATS_URL can't be used: 127\.0\.0\.1/,
      );
      expect((failure as Error).message).not.toContain('canary');
    },
    TIMEOUT_MS,
  );
});

describe('a server that ends by itself', () => {
  it(
    'is told with its log, unlike one that was told to end',
    async () => {
      const exits: ServerExit[] = [];
      const onExit = (exit: ServerExit): number => exits.push(exit);
      const server = await startNats({ dataDir: dir, onExit });
      const { pid = 0 } = server;
      await server.restart();
      await server.kill('SIGKILL');
      await server.restart();
      expect(exits).toEqual([]);
      const last = server.pid ?? 0;
      process.kill(last, 'SIGTERM');
      await expect.poll(() => exits).toHaveLength(1);
      expect(exits[0]).toMatchObject({
        kind: 'nats',
        pid: last,
        logTail: expect.stringContaining('Server Exiting'),
      });
      expect(server.pid).toBeUndefined();
      expect(last).not.toBe(pid);
      await server.restart();
      await server.stop();
      expect(exits).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});
