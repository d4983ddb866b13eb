import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { echo, type HttpApi, startHttpApi } from './fixture/http-api.ts';
import { type RunningConnector, startRunningConnector } from './fixture/running-connector.ts';

const servers = useServers({ postgres: true, nats: true });

let api: HttpApi;
let connector: RunningConnector;
let origin: string;

beforeAll(async () => {
  api = await startHttpApi();
  origin = `http://127.0.0.1:${api.port}`;
  connector = await startRunningConnector({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    prefix: servers.nats.prefix,
    allowedHosts: [`127.0.0.1:${api.port}`, '127.0.0.1:1'],
  });
  await connector.create({ id: 'api', type: 'rest', endpoint: `${origin}/base` });
  await connector.create({
    ...{ id: 'small', type: 'rest', endpoint: origin },
    limits: { maxBytes: 1_000, failureThreshold: 1_000 },
  });
  await connector.create({
    ...{ id: 'hasty', type: 'rest', endpoint: origin },
    limits: { timeoutMs: 400, failureThreshold: 1_000 },
  });
});
afterAll(async () => {
  await connector[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  api.received.length = 0;
  api.respond = echo;
});

const call = (input: object, id = 'api') => connector.output({ connector: id, operation: 'call', input });
const refused = (input: object, id = 'api') =>
  connector.refusal(connector.execute({ connector: id, operation: 'call', input }));

test('a call arrives below the base path with its query, headers and body', async () => {
  const output = await call({
    method: 'POST',
    path: '/users/7',
    query: { verbose: true },
    headers: { 'X-Trace': 'abc' },
    body: { name: 'Zoë' },
  });
  expect(output).toMatchObject({ status: 200, body_encoding: 'json', truncated: false });
  expect(api.received).toMatchObject([
    {
      method: 'POST',
      url: '/base/users/7?verbose=true',
      body: '{"name":"Zoë"}',
      headers: { 'x-trace': 'abc', 'content-type': 'application/json', 'accept-encoding': 'identity' },
    },
  ]);
});

test('the host header names the endpoint', async () => {
  await call({ method: 'GET' });
  expect(api.received[0]?.headers.host).toBe(`127.0.0.1:${api.port}`);
});

describe('the credential is put in by the service', () => {
  test.each([
    ['basic', 'ann:open sesame', { authorization: 'Basic YW5uOm9wZW4gc2VzYW1l' }],
    ['bearer', 'token-1', { authorization: 'Bearer token-1' }],
    ['api_key', 'key-1', { 'x-custom': 'key-1' }],
  ])('as %s', async (authType, value, headers) => {
    const id = `auth-${authType.replace('_', '-')}`;
    connector.credential.secrets.set(`t1/${id}`, { value, allowedOrigins: [origin] });
    await connector.create({
      ...{ id, type: 'rest', endpoint: origin, credentialRef: id, authType, apiKeyHeader: 'X-Custom' },
    });
    const output = await call({ method: 'GET' }, id);
    expect(api.received[0]?.headers).toMatchObject(headers);
    // The server gives back what it got: the credential is not in it.
    expect(JSON.stringify(output)).toContain('[redacted]');
    expect(JSON.stringify(output)).not.toContain(value.split(':').at(-1));
  });
});

test('caps are exact: as many bytes as allowed, and whether there was more', async () => {
  for (const [bytes, truncated] of [
    [999, false],
    [1_000, false],
    [1_001, true],
    [5_000_000, true],
  ] as const) {
    api.respond = (_request, response) => response.end('x'.repeat(bytes));
    const { body, truncated: cut } = await call({ method: 'GET' }, 'small');
    expect([(body as string).length, cut]).toEqual([Math.min(bytes, 1_000), truncated]);
  }
});

test('a body without an end is read up to the cap', async () => {
  let isClosed = false;
  api.respond = (_request, response) => {
    const timer = setInterval(() => response.write('y'.repeat(700)), 5);
    response.on('close', () => {
      clearInterval(timer);
      isClosed = true;
    });
  };
  const { body, truncated } = await call({ method: 'GET' }, 'small');
  expect([(body as string).length, truncated]).toEqual([1_000, true]);
  await expect.poll(() => isClosed).toBe(true);
});

test.each([404, 500, 503, 429])('status %i is an answer like any other', async (status) => {
  api.respond = (_request, response) => response.writeHead(status).end('no');
  expect(await call({ method: 'GET' }, 'small')).toMatchObject({ status, body: 'no' });
});

describe('a system that does not answer as it should', () => {
  test('hangs: ended at the time limit', async () => {
    api.respond = () => {};
    const error = await refused({ method: 'GET' }, 'hasty');
    expect([error.reason, error.code]).toEqual(['TIME_LIMIT', 'DEADLINE_EXCEEDED']);
  });

  test('drips: ended at the time limit', async () => {
    api.respond = (_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect((await refused({ method: 'GET' }, 'hasty')).reason).toBe('TIME_LIMIT');
  });

  test('breaks off: never a success', async () => {
    api.respond = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half of it');
      setTimeout(() => response.destroy(), 20);
    };
    expect(['TARGET_UNAVAILABLE', 'TARGET_MALFORMED']).toContain(
      (await refused({ method: 'GET' }, 'small')).reason,
    );
  });

  test('speaks no HTTP', async () => {
    api.respond = (_request, response) => {
      response.socket?.end('+OK not http at all\r\n\r\n');
    };
    expect((await refused({ method: 'GET' }, 'small')).reason).toBe('TARGET_MALFORMED');
  });

  test('sends endless headers', async () => {
    api.respond = (_request, response) => {
      response.socket?.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(
        () => response.socket?.write(`x-${Math.random()}: ${'z'.repeat(4_000)}\r\n`),
        5,
      );
      response.on('close', () => clearInterval(timer));
    };
    expect((await refused({ method: 'GET' }, 'small')).reason).toBe('TARGET_MALFORMED');
  });

  test('is not there', async () => {
    await connector.create({ id: 'gone', type: 'rest', endpoint: 'http://127.0.0.1:1' });
    const error = await refused({ method: 'GET' }, 'gone');
    expect([error.reason, error.code]).toEqual(['TARGET_UNAVAILABLE', 'UNAVAILABLE']);
    expect(error.publicMessage).not.toContain('127.0.0.1');
  });
});

test('a caller that goes away ends the call at the system within a second', async () => {
  const closed = Promise.withResolvers<void>();
  api.respond = (_request, response) => response.on('close', closed.resolve);
  await connector.abandon({ connector: 'api', operation: 'call', input: { method: 'GET' } }, () =>
    expect.poll(() => api.received.length).toBe(1),
  );
  expect(await takesMs(() => closed.promise)).toBeLessThan(1_000);
});

test('compressed answers are not asked for, and not opened', async () => {
  api.respond = (_request, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 8, 0, 0xff]));
  expect(await call({ method: 'GET' })).toMatchObject({ body_encoding: 'base64', body: 'H4sIAP8=' });
});

test('input that is not as it should be is refused by name, and nothing is sent', async () => {
  for (const [input, field] of [
    ['[]', 'input_json'],
    ['{', 'input_json'],
    ['"x"', 'input_json'],
    [`{"body":"${'x'.repeat(1_100_000)}"}`, 'input_json'],
    [`{"body":${'['.repeat(70)}${']'.repeat(70)}}`, 'input_json'],
    ['{"method":"GET","path":"/../admin"}', 'input_json.path'],
    ['{"method":"GET","headers":{"Authorization":"Bearer mine"}}', 'input_json.headers.Authorization'],
    ['{"method":"GET","headers":{"Host":"evil.example"}}', 'input_json.headers.Host'],
  ]) {
    const error = await connector.refusal(connector.execute({ connector: 'api', operation: 'call', input }));
    expect([error.code, error.violations[0]?.field]).toEqual(['INVALID_ARGUMENT', field]);
  }
  const wrongOperation = connector.execute({ connector: 'api', operation: 'query', input: {} });
  expect((await connector.refusal(wrongOperation)).violations[0]?.field).toBe('operation');
  expect(api.received).toEqual([]);
});
