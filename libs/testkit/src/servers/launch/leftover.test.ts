import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ServerKind, startNats, startPostgres, startRedis, stopLeftover } from '../index.ts';
import { identityOf, isAlive, ownIdentity, type ProcessIdentity } from '../process/process-identity.ts';
import { removeOrphans } from './server-home.ts';
import { readRecord, writeRecord } from './server-record.ts';

const TIMEOUT_MS = 300_000;
const HOLD_SERVER = fileURLToPath(new URL('hold-server.ts', import.meta.url));

let dir: string;
let holders: ChildProcess[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'leftover-'));
  holders = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const holder of holders) holder.kill('SIGKILL');
  await stopLeftover(dir);
  await rm(dir, { recursive: true, force: true });
});

/** Starts a server in another process. */
async function hold(
  kind: ServerKind,
  dataDir: string,
): Promise<{ holder: ChildProcess; url: string; server: ProcessIdentity }> {
  const holder = spawn(process.execPath, [HOLD_SERVER, kind, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(holder);
  const [line] = (await once(holder.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const { pid, url } = JSON.parse(line.toString()) as { pid: number; url: string };
  const server = identityOf(pid);
  if (server === undefined) throw new Error('the server has ended');
  return { holder, url, server };
}

async function kill(holder: ChildProcess): Promise<void> {
  holder.kill('SIGKILL');
  if (holder.exitCode === null && holder.signalCode === null) await once(holder, 'exit');
}

const START = { nats: startNats, postgres: startPostgres, redis: startRedis } as const;

describe.each(['nats', 'postgres', 'redis'] as const)('%s, after its process was killed', (kind) => {
  it(
    'still runs, is taken over by the next start, and ends with that one',
    async () => {
      const { holder, url, server } = await hold(kind, dir);
      await kill(holder);
      expect(isAlive(server)).toBe(true);
      const next = await START[kind]({ dataDir: dir });
      expect([next.reused, next.url, next.pid]).toEqual([true, url, server.pid]);
      await next.kill('SIGKILL');
      expect(isAlive(server)).toBe(false);
      await next.restart();
      expect(next.url).toBe(url);
      await next.stop();
      expect(await stopLeftover(dir)).toBe('none');
    },
    TIMEOUT_MS,
  );

  it(
    'is refused to others while its process lives, with the way out',
    async () => {
      const { holder } = await hold(kind, dir);
      await expect(START[kind]({ dataDir: dir })).rejects.toMatchObject({
        reason: 'DATA_IN_USE',
        message: expect.stringContaining(`started by the process ${holder.pid}: stop that one first`),
      });
    },
    TIMEOUT_MS,
  );

  it(
    'is ended by stopLeftover',
    async () => {
      const { server } = await hold(kind, dir);
      expect(await stopLeftover(dir)).toBe('stopped');
      expect(isAlive(server)).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('a leftover', () => {
  it(
    'with other settings is ended and started anew',
    async () => {
      const { holder, server, url } = await hold('redis', dir);
      await kill(holder);
      await using next = await startRedis({ dataDir: dir, password: 'new' });
      expect([next.reused, isAlive(server)]).toEqual([false, false]);
      expect(new URL(next.url).port).toBe(new URL(url).port);
      const redis = new Redis(next.url);
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    },
    TIMEOUT_MS,
  );

  it(
    'that is frozen is ended and started anew',
    async () => {
      const { holder, server } = await hold('nats', dir);
      await kill(holder);
      process.kill(server.pid, 'SIGSTOP');
      await using next = await startNats({ dataDir: dir });
      expect([next.reused, isAlive(server)]).toEqual([false, false]);
    },
    TIMEOUT_MS,
  );

  it(
    'that ends after it was taken over is noticed',
    async () => {
      const { holder, server } = await hold('nats', dir);
      await kill(holder);
      const { promise, resolve } = Promise.withResolvers<number>();
      await using next = await startNats({ dataDir: dir, onExit: ({ pid }) => resolve(pid) });
      process.kill(next.pid ?? 0, 'SIGKILL');
      expect(await promise).toBe(server.pid);
    },
    TIMEOUT_MS,
  );

  it('is no process that merely has the recorded pid', async () => {
    const stranger = spawn('sleep', ['60']);
    holders.push(stranger);
    await once(stranger, 'spawn');
    const process = identityOf(stranger.pid ?? 0);
    const record = { kind: 'redis', source: 'path', version: '7.0.15', port: 1, settingsDigest: '' } as const;
    await writeRecord(dir, { ...record, owner: ownIdentity(), process });
    expect(await stopLeftover(dir)).toBe('none');
    expect(process !== undefined && isAlive(process)).toBe(true);
  });

  it('leaves a record without which nothing is believed', async () => {
    expect(await readRecord(dir)).toBeUndefined();
    expect(await stopLeftover(join(dir, 'missing'))).toBe('none');
  });
});

describe('removeOrphans', () => {
  it(
    'ends temporary servers of killed processes and removes their folders, and no others',
    async () => {
      const temporary = join(dir, 'tmp');
      await mkdir(temporary);
      vi.stubEnv('TMPDIR', temporary);
      await using mine = await startNats();
      const { holder, server } = await hold('nats', '');
      await kill(holder);
      expect(await removeOrphans()).toBe(1);
      expect([isAlive(server), mine.pid === undefined]).toEqual([false, false]);
      expect(await readdir(temporary)).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

describe('a process that exits without stopping its temporary server', () => {
  it(
    'takes it along',
    async () => {
      vi.stubEnv('TMPDIR', dir);
      const script = `
        import { startPostgres } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
        const { pid } = await startPostgres();
        process.stdout.write(String(pid));
        process.exit(3);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      holders.push(child);
      const [pid] = (await once(child.stdout, 'data')) as [Buffer];
      expect(await once(child, 'exit')).toEqual([3, null]);
      await expect.poll(() => identityOf(Number(pid.toString()))).toBeUndefined();
      await expect.poll(() => readdir(dir)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
