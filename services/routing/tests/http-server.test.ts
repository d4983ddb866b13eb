import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ServiceError } from '@switchyard/kernel';
import { chatSurface } from '@switchyard/llm';
import { ByteBudget, createLogger, type RunningHttpServer, startHttpServer } from '@switchyard/service-kit';
import { request as httpRequest } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HttpCall, type HttpRoute, sendJson } from '../src/http/http-call.ts';
import { MAX_BODY_BYTES, readBody, readJson } from '../src/http/read-body.ts';
import { strayError } from '../src/http/routes.ts';

const routeOf = (answer: (call: HttpCall) => Promise<void>): HttpRoute => ({
  answer,
  encodeError: chatSurface.encodeError,
});
const tellPath = routeOf(async ({ response, url }) =>
  sendJson(response, { status: 200, body: { path: url.pathname } }),
);
/** More than the system takes at once. */
const LONG = 'told '.repeat(1_000_000);
const breakStream = routeOf(async ({ response }) => {
  response.writeHead(200);
  response.end(LONG);
  throw new ServiceError({ reason: 'BROKEN', code: 'UNAVAILABLE', publicMessage: 'broken' });
});
const takeBody = routeOf(async ({ request, response, take }) =>
  sendJson(response, { status: 200, body: { bytes: (await readBody(request, take)).length } }),
);

let server: RunningHttpServer;
let requestBytes: ByteBudget;

beforeEach(async () => {
  requestBytes = new ByteBudget(MAX_BODY_BYTES);
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    authenticate: () => ({
      keyId: 'k',
      tenant: 't',
      role: 'agent',
      installation: false,
      permissions: new Set(),
    }),
    log: createLogger({ service: 'test', level: 'silent' }),
    requestBytes,
    strayError,
    routes: new Map([
      ['GET /v1/models', tellPath],
      ['GET /v1/models/*', tellPath],
      ['GET /broken', breakStream],
      ['POST /body', takeBody],
    ]),
  });
});

afterEach(() => server.stop(100));

const get = async (path: string) => {
  const { statusCode, body } = await httpRequest(`http://127.0.0.1:${server.port}${path}`);
  return { statusCode, text: await body.text() };
};

test('a request line that holds no URL is answered, before anyone is authenticated', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.end('GET // HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  const answer = (await socket.toArray()).map(String).join('');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('the path of the request cannot be read');
});

test('a route with a star takes everything below it', async () => {
  expect(await get('/v1/models/meta/llama')).toEqual({
    statusCode: 200,
    text: '{"path":"/v1/models/meta/llama"}',
  });
  expect((await get('/v1/modelsx')).statusCode).toBe(404);
});

test('a stream that told of its failure reaches the caller whole', async () => {
  expect(await get('/broken')).toEqual({ statusCode: 200, text: LONG });
});

test('a body of unknown length that grows too large is answered with 413', async () => {
  const piece = Buffer.alloc(1024 * 1024);
  const pieces = function* () {
    for (let bytes = 0; bytes <= MAX_BODY_BYTES * 2; bytes += piece.length) yield piece;
  };
  const { statusCode, body } = await httpRequest(`http://127.0.0.1:${server.port}/body`, {
    method: 'POST',
    body: Readable.from(pieces()),
  });
  await body.dump();
  expect(statusCode).toBe(413);
});

test('bodies that are too large together are refused, and nothing stays counted', async () => {
  const send = (body: Buffer | Readable) =>
    httpRequest(`http://127.0.0.1:${server.port}/body`, { method: 'POST', body }).then(async (answer) => {
      await answer.body.dump();
      return answer.statusCode;
    });
  const slow = new Readable({ read() {} });
  slow.push(Buffer.alloc(MAX_BODY_BYTES - 1024));
  const first = send(slow);
  await expect.poll(() => requestBytes.takenBytes).toBe(MAX_BODY_BYTES - 1024);
  expect(await send(Buffer.alloc(2048))).toBe(503);
  expect(await send(Buffer.alloc(512))).toBe(200);
  slow.push(null);
  expect(await first).toBe(200);
  await expect.poll(() => requestBytes.takenBytes).toBe(0);
});

test('keys of two callers in one request are refused, the same one twice is not', async () => {
  const status = async (headers: Record<string, string>) => {
    const { statusCode, body } = await httpRequest(`http://127.0.0.1:${server.port}/v1/models`, { headers });
    await body.dump();
    return statusCode;
  };
  expect(await status({ authorization: 'Bearer a', 'x-api-key': 'a' })).toBe(200);
  expect(await status({ authorization: 'Bearer a', 'x-api-key': 'b' })).toBe(400);
});

test('a body that is no UTF-8 is refused, not guessed at', async () => {
  const request = Readable.from([Buffer.from([0x22, 0xff, 0x22])]) as IncomingMessage;
  Object.assign(request, { headers: {} });
  await expect(readJson(request, () => undefined)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test.each(['gzip', 'BR'])(
  'a body compressed with %s is refused as that, not as bad JSON',
  async (encoding) => {
    const request = Readable.from([gzipSync('{}')]) as IncomingMessage;
    Object.assign(request, { headers: { 'content-encoding': encoding } });
    await expect(readJson(request, () => undefined)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [
        { field: '(body)', description: `is sent with content-encoding: ${encoding}; send it uncompressed` },
      ],
    });
  },
);

test('a body that is nested very deep is refused before it is parsed', async () => {
  const request = Readable.from([Buffer.from('['.repeat(100_000))]) as IncomingMessage;
  Object.assign(request, { headers: {} });
  await expect(readJson(request, () => undefined)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [{ field: '(body)', description: 'is nested deeper than 128 levels' }],
  });
});
