import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { isFrozen } from './is-frozen.ts';
import { probeServer } from './probe-server.ts';

/** Says INFO to whoever connects, as NATS does, and tells its port. */
const SERVER = `
  const server = require('node:net').createServer((socket) => socket.on('error', () => {}).write('INFO {}\\r\\n'));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

let child: ChildProcess | undefined;

afterEach(() => child?.kill('SIGKILL'));

test('a server that is stopped takes connections and is silent; let go on, it answers; gone, it is away', {
  timeout: 60_000,
}, async () => {
  child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = child.stdout === null ? [] : await once(child.stdout, 'data');
  const pid = child.pid as number;
  const probe = (timeoutMs: number) =>
    probeServer({ name: 'NATS', host: '127.0.0.1', port: Number(port), timeoutMs });
  expect([await probe(30_000), await isFrozen(pid)]).toEqual(['answers', false]);
  child.kill('SIGSTOP');
  await expect.poll(() => isFrozen(pid)).toBe(true);
  expect(await probe(3_000)).toBe('silent');
  child.kill('SIGCONT');
  expect(await probe(30_000)).toBe('answers');
  await expect.poll(() => isFrozen(pid)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await probe(30_000)).toBe('away');
});
