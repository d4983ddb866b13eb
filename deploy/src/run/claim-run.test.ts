import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, type ProcessIdentity } from '@switchyard/testkit/processes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StartError } from '../start-error.ts';
import { claimRun } from './claim-run.ts';
import { endLeftovers } from './end-leftovers.ts';
import { type RunRecord, readRunRecord, writeRunRecord } from './run-record.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-run-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const recordOf = (owner: ProcessIdentity, processes: RunRecord['processes'] = []): RunRecord => ({
  owner,
  phase: 'ready',
  startedAt: NOW.toISOString(),
  processes,
  servers: [],
  ownServerUrls: {},
});

const DEAD: ProcessIdentity = { pid: process.pid, startedAt: 'in another life' };

it('lets one of two starts at the same moment through and tells the other in a sentence', async () => {
  const claims = await Promise.allSettled([claimRun(folder, NOW), claimRun(folder, NOW)]);
  expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const reasons = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason as Error] : []));
  expect(reasons[0]).toBeInstanceOf(StartError);
  expect(reasons[0]?.message).toContain(`Switchyard is starting already from ${folder}`);
  expect(reasons[0]?.message).toContain('npm run stop');
});

it('takes over from a run whose process is dead, even when its pid belongs to another one now', async () => {
  writeRunRecord(folder, recordOf(DEAD));
  const { previous, record } = await claimRun(folder, NOW);
  expect(previous?.owner).toEqual(DEAD);
  expect(record).toMatchObject({ phase: 'starting', owner: identityOf(process.pid) });
});

it('takes over from a record that cannot be read', async () => {
  await writeFile(join(folder, 'run.json'), '{"owner":');
  expect((await claimRun(folder, NOW)).previous).toBeUndefined();
});

it('keeps the record, which holds passwords, from others', async () => {
  await claimRun(folder, NOW);
  expect((await stat(join(folder, 'run.json'))).mode & 0o777).toBe(0o600);
});

it('ends processes that a killed run has left, and none that only has the same pid', async () => {
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    const identity = identityOf(left.pid as number) as ProcessIdentity;
    const shared = { readyUrl: '', logFile: '' };
    const record = recordOf(DEAD, [
      { name: 'routing', process: identity, ...shared },
      { name: 'connector', process: { pid: other.pid as number, startedAt: 'long ago' }, ...shared },
      { name: 'credential', ...shared },
    ]);
    writeRunRecord(folder, record);
    expect(await endLeftovers(folder, await readRunRecord(folder))).toEqual(['routing']);
    expect(identityOf(left.pid as number)).toBeUndefined();
    expect(identityOf(other.pid as number)).toBeDefined();
    expect(await endLeftovers(folder, await readRunRecord(folder))).toEqual([]);
  } finally {
    left.kill('SIGKILL');
    other.kill('SIGKILL');
  }
});
