import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { Client, credentials, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { readDescriptorImage } from '@switchyard/contracts';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ByteBudget } from '../load/byte-budget.ts';
import { boundReflection } from './bound-reflection.ts';
import { startGrpcServer } from './grpc-server.ts';

const PATH = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
/** `list_services: "*"` */
const LIST_SERVICES = Buffer.from([0x3a, 1, 0x2a]);
const same = (bytes: Buffer): Buffer => bytes;

test('questions wait while nobody reads the answers, and go on once somebody does', async () => {
  let answered = 0;
  const read: (() => void)[] = [];
  const call = new Duplex({
    objectMode: true,
    read: () => undefined,
    write: (_answer, _encoding, done) => read.push(done),
  });
  const handlers = boundReflection({
    ask: (asked: Duplex) =>
      asked.on('data', () => {
        answered++;
        asked.write('answer');
      }),
  } as unknown as UntypedServiceImplementation) as unknown as { ask: (call: Duplex) => void };
  handlers.ask(call);
  for (let i = 0; i < 1_000; i++) call.push('question');
  await new Promise(setImmediate);
  const unread = answered;
  expect(unread).toBeLessThanOrEqual(call.writableHighWaterMark);
  while (answered < 1_000) {
    for (const done of read.splice(0)) done();
    await new Promise(setImmediate);
  }
  expect(unread).toBeGreaterThan(0);
});

test('so many calls are answered at once; one more is refused until another one ends', async () => {
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [],
    authenticate: () => {
      throw new Error('not used');
    },
    errorDomain: 'switchyard.test',
    image: readDescriptorImage(),
    requestBytes: new ByteBudget(1),
    log: pino({ level: 'silent' }),
    observe: () => undefined,
  });
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const ask = async () => {
    const call = client.makeBidiStreamRequest(PATH, same, same);
    call.write(LIST_SERVICES);
    const [first] = await Promise.race([once(call, 'data'), once(call, 'end')]);
    return { call, first };
  };
  const asked = await Promise.all(Array.from({ length: 64 }, ask));
  expect(asked.every(({ first }) => Buffer.isBuffer(first))).toBe(true);
  await expect(ask()).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  asked[0]?.call.end();
  asked[1]?.call.on('error', () => undefined).cancel();
  await expect
    .poll(() =>
      ask().then(
        ({ call }) => call.end(),
        (error) => error.code,
      ),
    )
    .not.toBe(8);
  for (const { call } of asked) call.on('error', () => undefined).cancel();
  client.close();
  await server.stop(1_000);
});
