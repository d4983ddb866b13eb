import {
  compressionAlgorithms,
  credentials,
  type ServiceError as GrpcError,
  makeClientConstructor,
  status,
} from '@grpc/grpc-js';
import { readDescriptorImage } from '@switchyard/contracts';
import {
  GetPriceBookRequest,
  type GetPriceBookResponse,
  PriceServiceClient,
  PriceServiceService,
} from '@switchyard/contracts/cost';
import { invalidArgument, newApiKey, ServiceError } from '@switchyard/kernel';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Principal } from '../auth/principal.ts';
import { ByteBudget } from '../load/byte-budget.ts';
import { defineService } from './define-service.ts';
import { callUnary, openGrpcClient } from './grpc-client.ts';
import { type RunningGrpcServer, startGrpcServer } from './grpc-server.ts';
import type { EndedCall } from './observe-call.ts';

const reader: Principal = {
  keyId: 'k1',
  tenant: 't1',
  role: 'viewer',
  installation: false,
  permissions: new Set(['cost.price.read']),
};
const agent: Principal = { ...reader, role: 'agent', permissions: new Set() };

let server: RunningGrpcServer;
let client: PriceServiceClient;
let handle: (request: { knownVersion: string }) => Promise<GetPriceBookResponse>;
let principal: Principal;
let ended: EndedCall[];
let requestBytes: ByteBudget;

beforeEach(async () => {
  principal = reader;
  ended = [];
  requestBytes = new ByteBudget(48 * 1024 * 1024);
  handle = async ({ knownVersion }) => ({ version: `after ${knownVersion}`, prices: [], terms: [] });
  server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [
      defineService(PriceServiceService, {
        getPriceBook: { permission: 'cost.price.read', handle: (request) => handle(request) },
      }),
    ],
    authenticate: () => principal,
    errorDomain: 'switchyard.test',
    image: readDescriptorImage(),
    requestBytes,
    log: pino({ level: 'silent' }),
    observe: (call) => ended.push(call),
  });
  client = openGrpcClient(PriceServiceClient, { address: `127.0.0.1:${server.port}`, apiKey: newApiKey() });
});

afterEach(async () => {
  client.close();
  await server.stop(1_000);
});

/** For messages of 30 MB and more. */
const LARGE_MS = 25_000;
const call = (knownVersion: string, timeoutMs = 5_000) =>
  callUnary({
    method: client.getPriceBook.bind(client),
    request: GetPriceBookRequest.fromPartial({ knownVersion }),
    target: { address: '', apiKey: newApiKey() },
    timeoutMs,
  });

test('a unary call is answered and observed', async () => {
  expect(await call('7')).toMatchObject({ version: 'after 7', prices: [], terms: [] });
  expect(ended).toMatchObject([{ method: '/switchyard.cost.v1.PriceService/GetPriceBook', code: 'OK' }]);
});

test('a wrong field arrives as INVALID_ARGUMENT that names it', async () => {
  handle = async () => {
    throw invalidArgument({ field: 'known_version', description: 'must not be x' });
  };
  await expect(call('x')).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [{ field: 'known_version', description: 'must not be x' }],
  });
});

test('reason, metadata and retry delay survive the wire', async () => {
  handle = async () => {
    throw new ServiceError({
      reason: 'BUSY',
      code: 'UNAVAILABLE',
      publicMessage: 'try later',
      retryAfterMs: 1_500,
      metadata: { provider: 'p1' },
    });
  };
  await expect(call('')).rejects.toMatchObject({
    reason: 'BUSY',
    code: 'UNAVAILABLE',
    retryAfterMs: 1_500,
    metadata: { provider: 'p1' },
  });
});

test('an unknown error says nothing of its text, only an id to look up', async () => {
  handle = async () => {
    throw new Error('secret detail');
  };
  const error = (await call('').catch((caught: unknown) => caught)) as ServiceError;
  expect(error.code).toBe('INTERNAL');
  expect(error.publicMessage).not.toContain('secret detail');
  expect(error.metadata.error_id).toMatch(/^[0-9a-f-]{36}$/);
});

test('a caller without the permission is refused, and told which one', async () => {
  principal = agent;
  await expect(call('')).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    metadata: { permission: 'cost.price.read' },
  });
});

test('a message of 40 MB is refused with a reason, and the server goes on', { timeout: 90_000 }, async () => {
  await expect(call('x'.repeat(40 * 1024 * 1024), LARGE_MS)).rejects.toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'MESSAGE_TOO_LARGE',
  });
  expect((await call('1')).version).toBe('after 1');
});

test('what cannot be read is told only to those who may call', async () => {
  const garbage = { ...PriceServiceService.getPriceBook, requestSerialize: () => Buffer.from([0xff, 0xff]) };
  const raw = makeClientConstructor({ getPriceBook: garbage }, 'raw');
  const rawClient = new raw(`127.0.0.1:${server.port}`, credentials.createInsecure());
  const code = () =>
    new Promise((resolve) =>
      rawClient.getPriceBook?.({}, (error: { code: number } | null) => resolve(error?.code)),
    );
  expect(await code()).toBe(status.INVALID_ARGUMENT);
  principal = agent;
  expect(await code()).toBe(status.PERMISSION_DENIED);
  rawClient.close();
});

test('requests that are too large together are refused, and what is over makes room', {
  timeout: 90_000,
}, async () => {
  const large = 'x'.repeat(30 * 1024 * 1024);
  const leave = Promise.withResolvers<void>();
  handle = async ({ knownVersion }) => {
    if (knownVersion.length > 1) await leave.promise;
    return { version: 'ok', prices: [], terms: [] };
  };
  const first = Promise.allSettled([call(large, LARGE_MS)]);
  await expect.poll(() => requestBytes.takenBytes).toBeGreaterThan(large.length);
  await expect(call(large, LARGE_MS)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'OVERLOADED' });
  expect((await call('1')).version).toBe('ok');
  leave.resolve();
  expect(await first).toMatchObject([{ status: 'fulfilled' }]);
  expect(requestBytes.takenBytes).toBe(0);
  expect((await call(large, LARGE_MS)).version).toBe('ok');
});

test('compressed requests are refused before they are inflated, whoever sends them', async () => {
  const compressing = new PriceServiceClient(`127.0.0.1:${server.port}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  });
  const refusal = new Promise<GrpcError | null>((resolve) =>
    compressing.getPriceBook({ knownVersion: 'x'.repeat(1024 * 1024) }, resolve),
  );
  expect(await refusal).toMatchObject({
    code: status.UNIMPLEMENTED,
    details: 'requests compressed with "gzip" are not taken; send them uncompressed',
  });
  expect(ended).toEqual([]);
  compressing.close();
});
