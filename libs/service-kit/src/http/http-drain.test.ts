import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { HttpDrain } from './http-drain.ts';

const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

const standStill = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('a request that came on a kept connection while a draining server stood still is answered', async () => {
  const drain = new HttpDrain();
  const server = createServer((_, response) => {
    drain.watch(response);
    response.on('close', () => drain.forget(response));
    response.end('told');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answers = '';
  socket.on('data', (piece) => (answers += piece));
  const ended = new Promise<Error | undefined>((resolve) => socket.on('error', resolve).on('end', resolve));
  socket.write(REQUEST);
  await expect.poll(() => answers).toMatch(/connection: keep-alive.*told/is);
  // After immediates come timers that are due, then sockets.
  await new Promise(setImmediate);
  answers = '';
  const drained = drain.end(server, 20_000);
  socket.write(REQUEST);
  standStill(1_100);
  expect(await ended).toBeUndefined();
  expect(answers).toMatch(/connection: close.*told/is);
  await drained;
});
