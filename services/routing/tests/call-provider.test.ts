import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpAnswer, WireFormat } from '@switchyard/llm';
import { parseNamedHosts } from '@switchyard/service-kit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AnswerBytes } from '../src/transport/answer-bytes.ts';
import { AttemptDeadline } from '../src/transport/attempt-deadline.ts';
import {
  type CallFailure,
  callForAnswer,
  callForStream,
  type PreparedCall,
} from '../src/transport/call-provider.ts';
import { namedHostRules } from '../src/transport/named-host-rules.ts';
import { ProviderTransport } from '../src/transport/provider-transport.ts';
import { addressOf, offering } from './domain/offerings.ts';

let server: Server;
let answer: RequestListener;
let transport: ProviderTransport;
let caller: AbortController;
/** How the provider's name is resolved. */
let resolve: () => Promise<string[]>;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(() => {
  caller = new AbortController();
  resolve = async () => ['127.0.0.1'];
  transport = new ProviderTransport({
    hosts: namedHostRules(parseNamedHosts([], 'optional').named),
    resolve: () => resolve(),
  });
});
afterEach(() => transport.close());
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function prepared(answered: 'whole' | 'streamed'): PreparedCall {
  const { provider } = offering({ provider: 'p' });
  const { port } = server.address() as AddressInfo;
  const { signal } = caller;
  // Longer than any test: nothing waits for it.
  const limits = { ...provider.limits, connectMs: 60_000, totalMs: 60_000 };
  return {
    transport,
    provider: { ...provider, limits, address: addressOf(`http://name.test:${port}/v1`) },
    encoded: { path: '/chat', query: undefined, headers: {}, body: '{}' },
    headers: {},
    secrets: [],
    deadline: new AttemptDeadline({ limits, answer: answered, signal, remainingMs: undefined }),
    wallNowMs: 0,
    onHead: () => undefined,
  };
}

const decodeChat = (format: WireFormat, answer: HttpAnswer) => format.decodeResponse(answer);

/** How a call fails, asked for in one piece and as a stream. */
async function failures() {
  const whole = prepared('whole');
  const result = await callForAnswer(whole, decodeChat);
  whole.deadline.stop();
  return [result.ok ? undefined : result.error, await streamFailure()];
}

async function streamFailure() {
  const streamed = prepared('streamed');
  let failure: CallFailure | undefined;
  for await (const step of callForStream(streamed)) if (step.kind === 'failure') failure = step.failure;
  streamed.deadline.stop();
  return failure;
}

test('a caller that leaves while the connection is still being made is let go at once, and has cost nothing', async () => {
  resolve = () => new Promise(() => {});
  setTimeout(() => caller.abort(), 50);
  const unsent = { reached: false, status: undefined, error: { class: 'cancelled' } };
  expect(await failures()).toMatchObject([unsent, unsent]);
});

test('a caller that leaves once the request was sent may have cost something', async () => {
  answer = () => caller.abort();
  const sent = { reached: true, status: undefined, error: { class: 'cancelled' } };
  // The second call begins when it is gone.
  expect(await failures()).toMatchObject([sent, { ...sent, reached: false }]);
  caller = new AbortController();
  expect(await streamFailure()).toMatchObject(sent);
});

test('a connection that cannot be made reaches nobody; one that breaks after the request may have', async () => {
  resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  const unsent = {
    reached: false,
    error: { class: 'connection', detail: expect.stringContaining('ENOTFOUND') },
  };
  expect(await failures()).toMatchObject([unsent, unsent]);
  resolve = async () => ['127.0.0.1'];
  answer = ({ socket }) => socket.destroy();
  const broken = { reached: true, error: { class: 'connection' } };
  expect(await failures()).toMatchObject([broken, broken]);
});

test('the status that came stays known where the body breaks off', async () => {
  answer = ({ socket }, response) => {
    response.writeHead(429, { 'content-length': '100' });
    response.write('{', () => setTimeout(() => socket.destroy(), 20));
  };
  const limited = { reached: true, status: 429, error: { class: 'connection' } };
  expect(await failures()).toMatchObject([limited, limited]);
});

test('an answer that is too large ends, whole or streamed, as one that cannot be read', async () => {
  const piece = Buffer.alloc(1024 * 1024, ' ');
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  };
  const tooLarge = { reached: true, status: 200, error: { class: 'invalid_response' } };
  expect(await failures()).toMatchObject([tooLarge, tooLarge]);
}, 30_000);

test('answers of one tenant that are too large together end; those of others, and later ones, do not', () => {
  const bytes = new AnswerBytes();
  const mebibytes = (count: number) => count * 1024 * 1024;
  bytes.take('t1', mebibytes(100));
  expect(() => bytes.take('t1', mebibytes(30))).toThrow(/too many bytes/);
  bytes.take('t2', mebibytes(100));
  bytes.take('', mebibytes(200));
  bytes.give('t1', mebibytes(100));
  bytes.take('t1', mebibytes(128));
  // All tenants together have a bound, too; what did not fit there is not counted with the tenant.
  expect(() => bytes.take('t3', mebibytes(30))).toThrow(/too many bytes/);
  bytes.give('t2', mebibytes(100));
  bytes.take('t3', mebibytes(128));
});

test('a failure of this side is none of the provider', async () => {
  answer = (_request, response) => response.end('{}');
  const broken = new TypeError('a decoder of ours is broken');
  const decodeResponse = () => {
    throw broken;
  };
  const whole = prepared('whole');
  const format = { ...whole.provider.format, decodeResponse };
  await expect(callForAnswer({ ...whole, provider: { ...whole.provider, format } }, decodeChat)).rejects.toBe(
    broken,
  );
  whole.deadline.stop();
  transport.answerBytes.take('', 256 * 1024 * 1024);
  const crowded = prepared('whole');
  await expect(callForAnswer(crowded, decodeChat)).rejects.toMatchObject({ reason: 'OVERLOADED' });
  crowded.deadline.stop();
});
