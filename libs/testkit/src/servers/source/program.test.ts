import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installAdvice } from './install-advice.ts';
import { findOnPath } from './program.ts';
import { isRecentEnough, parseVersion } from './server-version.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'program-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** Puts programs that state a version into folders of their own, which become PATH. */
async function putOnPath(programs: readonly { name: string; says: string }[]): Promise<void> {
  const folders: string[] = [];
  for (const { name, says } of programs) {
    const folder = join(dir, String(folders.length));
    await mkdir(folder);
    await writeFile(join(folder, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
    folders.push(folder);
  }
  vi.stubEnv('PATH', [...folders, '/usr/bin', '/bin'].join(':'));
}

describe('versions', () => {
  it.each([
    ['nats-server: v2.10.27', '2.10.27'],
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=9d4fbad', '7.0.15'],
    ['usage: nats', undefined],
  ])('reads %o as %o', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  it.each([
    ['nats', '2.9.10', false],
    ['nats', '2.10.0', true],
    ['nats', '3.0.0', true],
    ['postgres', '14.9', false],
    ['postgres', '15.0', true],
    ['redis', '6.2.7', false],
    ['redis', '10.1.0', true],
  ] as const)('%s %s will do: %s', (kind, version, answer) => {
    expect(isRecentEnough(kind, version)).toBe(answer);
  });
});

describe('findOnPath', () => {
  it('passes over a version that is too old and takes the next', async () => {
    await putOnPath([
      { name: 'nats-server', says: 'nats-server: v2.9.10' },
      { name: 'nats-server', says: 'nats-server: v2.11.4' },
    ]);
    const search = await findOnPath({ kind: 'nats', dataMajor: undefined });
    expect(search).toMatchObject({
      type: 'found',
      program: { version: '2.11.4', file: join(dir, '1/nats-server') },
    });
  });

  it('says what is wrong with each program that will not do', async () => {
    await putOnPath([
      { name: 'redis-server', says: 'Redis server v=6.0.16' },
      { name: 'redis-server', says: 'hello' },
    ]);
    const search = await findOnPath({ kind: 'redis', dataMajor: undefined });
    expect(search).toMatchObject({
      type: 'absent',
      why: expect.stringMatching(
        /0\/redis-server is 6\.0\.16, older than Redis 7, .*1\/redis-server doesn't state its version/,
      ),
    });
  });

  it('wants the server of PostgreSQL, its initdb, and the major version that wrote the data', async () => {
    await putOnPath([{ name: 'psql', says: 'psql (PostgreSQL) 16.1' }]);
    vi.stubEnv('PATH', join(dir, '0'));
    expect(await findOnPath({ kind: 'postgres', dataMajor: undefined })).toEqual({
      type: 'absent',
      why: 'no postgres is on PATH',
    });
    vi.stubEnv('PATH', `${join(dir, '0')}:/usr/bin:/bin`);
    await writeFile(join(dir, '0/postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 16.1"\n', {
      mode: 0o755,
    });
    const noInitdb = await findOnPath({ kind: 'postgres', dataMajor: undefined });
    expect(noInitdb).toMatchObject({ why: expect.stringContaining('has no initdb beside it') });
    await writeFile(join(dir, '0/initdb'), '', { mode: 0o755 });
    const otherMajor = await findOnPath({ kind: 'postgres', dataMajor: 15 });
    expect(otherMajor).toMatchObject({
      why: expect.stringContaining('is 16.1, and the data is of version 15'),
    });
    expect(await findOnPath({ kind: 'postgres', dataMajor: 16 })).toMatchObject({ type: 'found' });
  });
});

describe('installAdvice', () => {
  it('is one sentence with what was tried and every way out', () => {
    const text = installAdvice({
      kind: 'nats',
      refusals: ['no nats-server is on PATH'],
      givenName: 'NATS_URL',
    });
    expect(text).toBe(
      'NATS 2.10 or newer is needed and not to be had here (no nats-server is on PATH): put nats-server on PATH (macOS: `brew install nats-server`; elsewhere: https://nats.io/download), or start Docker, or set NATS_URL to the URL of one.',
    );
  });
});
