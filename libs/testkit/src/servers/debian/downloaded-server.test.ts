import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchKeyring } from './debian-keyring.ts';
import { findDownloaded } from './downloaded-server.ts';

const NATS = {
  kind: 'nats',
  suite: 'trixie',
  packages: ['nats-server'],
  executable: 'usr/sbin/nats-server',
} as const;
const TIMEOUT_MS = 300_000;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'downloaded-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('findDownloaded', () => {
  it(
    'downloads once for all who ask, leaves nothing but the server, and says why where it can not',
    async () => {
      const progress: string[] = [];
      const place = { cacheDir: join(dir, 'servers'), onProgress: (text: string) => progress.push(text) };
      const searches = await Promise.all([1, 2, 3].map(() => findDownloaded(NATS, place)));
      const [search] = searches;
      if (searches.every(({ type }) => type === 'absent')) {
        // A machine that isn't Debian's kin, or has no way to a mirror.
        for (const one of searches) expect(one).toMatchObject({ why: expect.stringMatching(/Debian/) });
        return;
      }
      for (const other of searches) expect(other).toEqual(search);
      expect(search).toMatchObject({ program: { version: expect.stringMatching(/^2\.1\d\./) } });
      expect(progress).toEqual(['Downloading nats-server from Debian trixie']);
      expect(await readdir(place.cacheDir)).toEqual([expect.stringMatching(/^nats-trixie-(amd64|arm64)$/)]);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves no half of a server when a package is missing, and clears what a killed download left',
    async () => {
      const cacheDir = join(dir, 'servers');
      const name = `nats-trixie-${process.arch === 'x64' ? 'amd64' : 'arm64'}`;
      await mkdir(join(cacheDir, `${name}.Ab12Cd`), { recursive: true });
      const recipe = { ...NATS, packages: ['nats-server', 'no-such-package-here'] };
      const search = await findDownloaded(recipe, { cacheDir, onProgress: () => {} });
      expect(search).toEqual({ type: 'absent', why: expect.stringMatching(/Debian/) });
      if (platform() === 'linux') expect(await readdir(cacheDir)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('fetchKeyring', () => {
  it(
    "gets Debian's keys from the machine's own archive, or none",
    async () => {
      const file = await fetchKeyring(dir);
      expect(file ?? `${dir}/none`).toMatch(/debian-archive-keyring\.(gpg|pgp)$|none$/);
    },
    TIMEOUT_MS,
  );
});
