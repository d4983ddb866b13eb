import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, waitUntil } from '@switchyard/testkit/processes';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePorts } from '../settings/free-port-plan.ts';
import { StartError } from '../start-error.ts';
import { ManagedProcess, type ProcessEvents } from './managed-process.ts';

/** Serves 200 until it is told to end; how it behaves is in its environment. */
const PROGRAM = `
import { createServer } from 'node:http';
if (process.env.REFUSE) { console.error('cannot start: REFUSE is set'); process.exit(3); }
console.log('my secret is in', process.env.PLACE);
createServer((_, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => { if (!process.env.DEAF) process.exit(0); });
`;

let folder = '';
const started: ManagedProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-process-'));
  await writeFile(join(folder, 'program.mjs'), PROGRAM);
});

afterEach(async () => {
  for (const process of started.splice(0)) await process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function define(
  env: Record<string, string> = {},
  { stopTimeoutMs = 20_000, ...events }: ProcessEvents & { readonly stopTimeoutMs?: number } = {},
): Promise<ManagedProcess> {
  const [port] = (await freePorts(1)) as [number];
  const spec = {
    name: 'routing',
    entry: join(folder, 'program.mjs'),
    env: { PORT: String(port), ...env },
    logFile: join(folder, 'routing.log'),
    grpcAddress: undefined,
    httpUrl: `http://127.0.0.1:${port}`,
    opsUrl: undefined,
    readyUrl: `http://127.0.0.1:${port}/`,
    stopTimeoutMs,
  };
  const process = new ManagedProcess(spec, events);
  started.push(process);
  return process;
}

it('is ready when it answers, and gone when it was stopped', async () => {
  const process = await define();
  await process.start();
  expect((await fetch(process.httpUrl)).status).toBe(200);
  const pid = process.pid as number;
  expect(await process.stop()).toBe('ended');
  expect(identityOf(pid)).toBeUndefined();
  expect(process.pid).toBeUndefined();
  expect(await process.stop()).toBe('down');
});

it('gets its own environment and nothing of this process', async () => {
  const process = await define({ PLACE: 'a file' });
  await process.start();
  expect(await process.logs()).toBe('my secret is in a file\n');
});

it('kills what does not end in time, and says so', async () => {
  const process = await define({ DEAF: 'yes' }, { stopTimeoutMs: 500 });
  await process.start();
  const pid = process.pid as number;
  expect(await process.stop()).toBe('killed');
  expect(identityOf(pid)).toBeUndefined();
});

it('lives until it is gone, also while it is being ended', async () => {
  const process = await define({ DEAF: 'yes' });
  expect(process.lives).toBe(false);
  await process.start();
  const ending = process.stop();
  await waitUntil({ ask: () => process.pid === undefined || undefined, timeoutMs: 20_000 });
  expect(process.lives).toBe(true);
  process.killNow();
  await ending;
  expect(process.lives).toBe(false);
});

it('says what a process said that could not start', async () => {
  const process = await define({ REFUSE: 'yes' });
  const failure = await process.start().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartError);
  expect((failure as Error).message).toContain('routing ended while it started');
  expect((failure as Error).message).toContain('cannot start: REFUSE is set');
});

it('leaves nothing running when a start is broken off', async () => {
  const process = await define({ PORT: '1' });
  const abort = new AbortController();
  const start = process.start(abort.signal);
  await waitUntil({ ask: () => process.pid, timeoutMs: 20_000 });
  const pid = process.pid;
  abort.abort();
  await expect(start).rejects.toThrow();
  expect(pid === undefined ? undefined : identityOf(pid)).toBeUndefined();
  expect(process.pid).toBeUndefined();
});

it('tells of a death that nobody asked for, and of no other', async () => {
  const deaths: string[] = [];
  const process = await define({}, { onDeath: ({ name }) => deaths.push(name) });
  await process.start();
  await process.restart();
  await process.kill('SIGKILL');
  await process.restart();
  await process.kill('SIGTERM');
  await process.restart();
  expect(deaths).toEqual([]);
  globalThis.process.kill(process.pid as number, 'SIGKILL');
  await waitUntil({ ask: () => deaths[0], timeoutMs: 20_000 });
  expect(deaths).toEqual(['routing']);
  expect(process.pid).toBeUndefined();
});

it('restarts on the same address as a new process', async () => {
  const process = await define();
  await process.start();
  const before = process.pid;
  await process.restart();
  expect(process.pid).not.toBe(before);
  expect((await fetch(process.httpUrl)).status).toBe(200);
});

it('stays frozen until it is woken', async () => {
  const process = await define();
  await process.start();
  await process.kill('SIGSTOP');
  await expect(fetch(process.httpUrl, { signal: AbortSignal.timeout(300) })).rejects.toThrow();
  await process.kill('SIGCONT');
  expect((await fetch(process.httpUrl)).status).toBe(200);
});
