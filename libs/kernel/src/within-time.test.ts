import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { withinTime } from './within-time.ts';

test('what takes too long is given up', async () => {
  await expect(withinTime(new Promise(() => undefined), 5)).rejects.toThrow('5 ms');
  await expect(withinTime(Promise.reject(new Error('own')), 5)).rejects.toThrow('own');
});

test('an answer that has come while the process was busy counts, though its time is over', async () => {
  const echoed = Promise.withResolvers<void>();
  const server = createServer((socket) =>
    socket.on('data', (data) => socket.write(data, () => echoed.resolve())),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(socket, 'connect');
  // Longer than it takes until it is there, on any machine.
  const limited = withinTime(once(socket, 'data'), 1_000);
  socket.write('ping');
  await echoed.promise;
  const busyUntilMs = performance.now() + 1_100;
  while (performance.now() < busyUntilMs);
  expect(String((await limited)[0])).toBe('ping');
  socket.destroy();
  server.close();
});
