import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limitResets } from './limit-resets.ts';

let server: Server;
let port: number;
let session: ClientHttp2Session;
let goaway: number | undefined;

beforeEach(async () => {
  server = new Server();
  const answers = { path: '/test/Answer', requestStream: false, responseStream: false } as const;
  const asBytes = { requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs } as const;
  const methods = {
    answer: { ...answers, ...asBytes, responseDeserialize: asIs },
    never: { ...answers, ...asBytes, responseDeserialize: asIs, path: '/test/Never' },
  };
  server.addService(methods, {
    answer: (_call: unknown, callback: (error: null, bytes: Buffer) => void) =>
      callback(null, Buffer.alloc(0)),
    never: () => undefined,
  });
  port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  limitResets(server);
  goaway = undefined;
  session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  session.on('goaway', (code) => {
    goaway = code;
  });
  await once(session, 'remoteSettings');
});

afterEach(() => {
  session.destroy();
  server.forceShutdown();
});

const asIs = (bytes: Buffer): Buffer => bytes;

const POST: OutgoingHttpHeaders = { ':method': 'POST', 'content-type': 'application/grpc' };
const EMPTY_MESSAGE = Buffer.alloc(5);

function begin(path: string): ClientHttp2Stream {
  const stream = session.request({ ...POST, ':path': path });
  stream.on('error', () => undefined);
  return stream;
}

function reset(): void {
  const stream = begin('/test/Never');
  stream.write(EMPTY_MESSAGE);
  stream.close(constants.NGHTTP2_CANCEL);
}

async function answered(path: string): Promise<void> {
  const stream = begin(path);
  stream.end(EMPTY_MESSAGE);
  stream.resume();
  await new Promise((resolve) => stream.once('close', resolve));
}

test.each([
  ['/test/Never', constants.NGHTTP2_CANCEL],
  ['/test/Never', constants.NGHTTP2_NO_ERROR],
  ['/test/Unknown', constants.NGHTTP2_CANCEL],
] as const)(
  '150 streams for %s that are begun and reset (code %i) in one go end the connection',
  async (path, code) => {
    expect(await rapidReset({ path, code, streams: 150 })).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  },
);

test('100 resets are let pass, and as many again after as many calls that were answered', async () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 100; i++) reset();
    await Promise.all(Array.from({ length: 100 }, () => answered('/test/Answer')));
  }
  await answered('/test/Answer');
  expect(goaway).toBeUndefined();
});

test('300 calls that wait and are given up together are no attack', async () => {
  const calls = Array.from({ length: 300 }, () => {
    const stream = begin('/test/Never');
    stream.end(EMPTY_MESSAGE);
    return stream;
  });
  await answered('/test/Answer');
  await sleep(60);
  for (const call of calls) call.close(constants.NGHTTP2_CANCEL);
  await answered('/test/Answer');
  expect(goaway).toBeUndefined();
});

interface Attack {
  readonly path: string;
  readonly code: number;
  readonly streams: number;
}

/** As frames of its own (RFC 9113): Node's client would end a stream before it resets it. @returns the code of the server's GOAWAY */
async function rapidReset({ path, code, streams }: Attack): Promise<number | undefined> {
  const attack = Array.from({ length: streams }, (_, i) =>
    Buffer.concat([
      frame({ type: 1, flags: 4, stream: 2 * i + 1, payload: headerBlock(path) }),
      frame({ type: 3, flags: 0, stream: 2 * i + 1, payload: Buffer.from([0, 0, 0, code]) }),
    ]),
  );
  const settings = frame({ type: 4, flags: 0, stream: 0, payload: Buffer.alloc(0) });
  const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, ...attack]));
  const answer: Buffer[] = [];
  socket.on('data', (bytes) => answer.push(bytes));
  await once(socket, 'close');
  return goawayIn(Buffer.concat(answer));
}

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

function frame({ type, flags, stream, payload }: Frame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `:method POST`, `:scheme http`, `:authority`, `:path` and `content-type` (RFC 7541, by the static table). */
function headerBlock(path: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x01]),
    text('test'),
    Buffer.from([0x04]),
    text(path),
    Buffer.from([0x0f, 0x10]),
    text('application/grpc'),
  ]);
}

function goawayIn(bytes: Buffer): number | undefined {
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    if (bytes.readUInt8(at + 3) === 7) return bytes.readUInt32BE(at + 13);
  return undefined;
}
