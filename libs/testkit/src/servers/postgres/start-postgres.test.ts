import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startPostgres, stopLeftover } from '../index.ts';

const TIMEOUT_MS = 300_000;

let dir: string;

beforeEach(async () => {
  // Mode 0700, as /root has it: for root, the server's account can't pass.
  dir = await mkdtemp(join(tmpdir(), 'postgres-'));
});
afterEach(async () => {
  await stopLeftover(dir);
  await rm(dir, { recursive: true, force: true });
});

async function ask(url: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

it(
  'never runs as root, even where only root may go, and its data is its own',
  async () => {
    await using server = await startPostgres({ dataDir: dir });
    const { uid, mode } = await stat(join(dir, 'data'));
    expect(uid).not.toBe(0);
    expect(mode & 0o077).toBe(0);
    // The folder that was given keeps its owner and mode.
    expect(await stat(dir)).toMatchObject({ uid: process.getuid?.() });
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(await ask(server.url, 'SELECT 1')).toBe('1');
  },
  TIMEOUT_MS,
);

it(
  'has no rights beyond its account where it needs none',
  async () => {
    await using server = await startPostgres();
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => 'CapEff:\t0');
    expect(/^CapEff:\t(\S+)$/m.exec(status)?.[1]).toMatch(/^0+$/);
  },
  TIMEOUT_MS,
);

it(
  'restarts after a SIGKILL from elsewhere, once the last query of the dead server has ended',
  async () => {
    await using server = await startPostgres({ readyTimeoutMs: 120_000 });
    const busy = ask(server.url, 'SELECT count(*) FROM generate_series(1, 40000000)').catch(() => 'ended');
    const running = () =>
      ask(server.url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 4%'");
    await expect.poll(running).toBe('2');
    process.kill(server.pid ?? 0, 'SIGKILL');
    await expect.poll(() => server.pid).toBeUndefined();
    await server.restart();
    expect(await ask(server.url, 'SELECT 1')).toBe('1');
    await busy;
  },
  TIMEOUT_MS,
);

it(
  'wants the password, from this machine only, by TCP only',
  async () => {
    await using server = await startPostgres();
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(await ask(server.url, 'SHOW unix_socket_directories')).toBe('');
    expect(await ask(server.url, 'SHOW listen_addresses')).toBe('127.0.0.1');
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const outside = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside === undefined) return;
    wrong.hostname = outside.address;
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  },
  TIMEOUT_MS,
);

it(
  'obeys settings, and durability decides about fsync',
  async () => {
    await using fast = await startPostgres({ settings: { max_connections: '17' } });
    await using synced = await startPostgres({ durability: 'synced' });
    expect(await ask(fast.url, 'SHOW max_connections')).toBe('17');
    expect([await ask(fast.url, 'SHOW fsync'), await ask(synced.url, 'SHOW fsync')]).toEqual(['off', 'on']);
    expect(await ask(fast.url, 'SHOW timezone')).toBe('UTC');
  },
  TIMEOUT_MS,
);

it(
  'keeps to the version that wrote the data, whatever else is on PATH',
  async () => {
    const first = await startPostgres({ dataDir: dir, sources: ['package'] });
    expect(first.source).toBe('package');
    await ask(first.url, "CREATE TABLE kept AS SELECT 'here'");
    await first.stop();
    await using second = await startPostgres({ dataDir: dir });
    expect(second.version.split('.')[0]).toBe(first.version.split('.')[0]);
    expect(await ask(second.url, 'SELECT * FROM kept')).toBe('here');
  },
  TIMEOUT_MS,
);

it(
  'begins anew where a start was killed while it made the data folder',
  async () => {
    await mkdir(join(dir, 'init-Ab12Cd/data'), { recursive: true });
    await using server = await startPostgres({ dataDir: dir });
    expect(await ask(server.url, 'SELECT 1')).toBe('1');
    expect((await readdir(dir)).filter((name) => name.startsWith('init-'))).toEqual([]);
  },
  TIMEOUT_MS,
);
