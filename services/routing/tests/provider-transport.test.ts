import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { readKey } from '@switchyard/llm';
import { AddressNotAllowedError, parseNamedHosts } from '@switchyard/service-kit';
import { FORBIDDEN_ADDRESSES } from '@switchyard/service-kit/ssrf-cases';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { AttemptDeadline } from '../src/transport/attempt-deadline.ts';
import { authorizationHeaders } from '../src/transport/authorize-request.ts';
import { namedHostRules } from '../src/transport/named-host-rules.ts';
import { type ProviderCall, ProviderTransport } from '../src/transport/provider-transport.ts';
import { classifyTransportError } from '../src/transport/transport-error.ts';
import { addressOf, offering } from './domain/offerings.ts';

let server: Server;
let port: number;
let requests: number;
let received: IncomingHttpHeaders;
let connections: number;
let transport: ProviderTransport;
/** What names resolve to, answer by answer; the last one goes on. */
let answers: string[][];
let resolved: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    received = request.headers;
    response.end('{}');
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  requests = 0;
  connections = 0;
  answers = [['127.0.0.1']];
  resolved = [];
  transport = new ProviderTransport({
    hosts: namedHostRules(parseNamedHosts([`named.test:${port}`], 'optional').named),
    resolve: async (host) => {
      resolved.push(host);
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    },
  });
});
afterEach(() => transport.close());
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Calls a provider. @returns its answer's status */
async function call(tenant: string, origin: string): Promise<number> {
  const provider = { ...offering({ provider: 'p' }).provider, tenant, address: addressOf(`${origin}/v1`) };
  const encoded = { path: '/chat', query: undefined, headers: {}, body: '{}' };
  return send({ provider, encoded, headers: {} });
}

/** Sends a request and reads the answer to its end. @returns its status */
async function send(call: Pick<ProviderCall, 'provider' | 'encoded' | 'headers'>): Promise<number> {
  const { limits } = call.provider;
  const deadline = new AttemptDeadline({
    limits,
    answer: 'whole',
    signal: undefined,
    remainingMs: undefined,
  });
  try {
    const exchange = transport.send({ ...call, deadline, onSending: () => {} });
    const { status } = await exchange.head;
    while ((await exchange.next()) !== undefined);
    return status;
  } finally {
    deadline.stop();
  }
}

test.each(['127.0.0.1', '[::1]'])('a connection is opened and closed again at %s', async (host) => {
  const listening = createTcpServer((socket) => socket.resume());
  await new Promise<void>((resolve) => listening.listen(0, '::', resolve));
  const connected = once(listening, 'connection');
  const { port } = listening.address() as AddressInfo;
  const { provider } = offering({ provider: 'p' });
  const { limits } = provider;
  const deadline = new AttemptDeadline({
    ...{ limits, answer: 'whole', signal: undefined, remainingMs: undefined },
  });
  try {
    await transport.connect({ ...provider, address: addressOf(`http://${host}:${port}/v1`) }, deadline);
    const [socket] = (await connected) as [Socket];
    if (!socket.closed) await once(socket, 'close');
    expect(resolved, 'no lookup is asked for an address').toEqual([]);
  } finally {
    deadline.stop();
    listening.close();
  }
});

const refusal = (tenant: string, origin: string): Promise<unknown> =>
  call(tenant, origin).then(
    (status) => status,
    (error: unknown) => error,
  );

test("a provider's headers are sent, and replace neither the wire format's nor the key's; a signature stays valid", async () => {
  const address = addressOf(`http://name.test:${port}/v1`);
  const headers = { 'x-portkey-provider': 'openai', 'anthropic-version': '1999-01-01' };
  const provider = { ...offering({ provider: 'p' }).provider, address, headers };
  const sent = {
    path: '/chat',
    query: undefined,
    headers: { 'anthropic-version': '2023-06-01' },
    body: '{}',
  };
  const key = readKey({
    style: 'aws-sigv4',
    secret: JSON.stringify({
      access_key_id: 'AKIDEXAMPLE',
      secret_access_key: 'secret',
      region: 'eu-west-1',
    }),
    host: address.host,
  });
  if (!key.ok || key.value.kind !== 'signed') throw new Error('no signer');
  const signature = authorizationHeaders(key.value, { address, encoded: sent, wallMs: 0 });
  await send({ provider, encoded: sent, headers: signature });
  expect(received).toMatchObject({ ...signature, ...sent.headers, 'x-portkey-provider': 'openai' });
  const signed = /SignedHeaders=([^,]*)/.exec(received.authorization ?? '')?.[1]?.split(';') ?? [];
  expect(signed).toEqual(['anthropic-version', 'host', 'x-amz-date']);
});

test("the installation's provider may be at a private address, a tenant's only at a host that the operator named", async () => {
  expect(await call('', `http://name.test:${port}`)).toBe(200);
  expect(await call('t1', `http://named.test:${port}`)).toBe(200);
  expect(await refusal('t1', `http://name.test:${port}`)).toBeInstanceOf(AddressNotAllowedError);
  expect(requests).toBe(2);
});

test("a connection that was made for the installation's provider is not there for a tenant's", async () => {
  await vi.waitFor(async () => {
    const before = connections;
    expect(await call('', `http://name.test:${port}`)).toBe(200);
    expect(connections, 'none is kept').toBe(before);
  }, 20_000);
  const before = requests;
  expect(await refusal('t1', `http://name.test:${port}`)).toBeInstanceOf(AddressNotAllowedError);
  expect(requests).toBe(before);
});

test.each(['127.0.0.1', '[::1]', '10.0.0.1', '0x7f.1'])(
  "a tenant's provider is not at %s, for which no lookup is asked",
  async (host) => {
    expect(await refusal('t1', `http://${host}:${port}`)).toBeInstanceOf(AddressNotAllowedError);
    expect([connections, resolved]).toEqual([0, []]);
  },
);

test('what is written down is reached for the installation', async () => {
  expect(await call('', `http://127.0.0.1:${port}`)).toBe(200);
});

test.each(FORBIDDEN_ADDRESSES)("A24: a tenant's provider is not at a name at %j", async (address) => {
  for (answers of [[[address]], [['93.184.216.34', address]]]) {
    const thrown = await refusal('t1', `https://name.test:${port}`);
    expect((thrown as Error).message).toBe('the address of name.test is not allowed');
  }
  expect(connections).toBe(0);
});

test.each(['169.254.169.254', 'fe80::1', '100.100.100.200', '::ffff:7f00:1', '224.0.0.1'])(
  'a name at %s is for nobody',
  async (address) => {
    answers = [[address]];
    for (const [tenant, host] of [
      ['', 'name.test'],
      ['t1', 'named.test'],
    ] as const) {
      expect(await refusal(tenant, `http://${host}:${port}`)).toBeInstanceOf(AddressNotAllowedError);
    }
  },
);

test('A24: rebinding: a name is resolved once for a connection, so a second answer is never asked for', async () => {
  answers = [['127.0.0.1'], ['169.254.169.254']];
  expect(await call('', `http://name.test:${port}`)).toBe(200);
  expect(resolved).toEqual(['name.test']);
});

test('a refused address is not retried there, was not reached, and is told without the address', () => {
  const { error, reached } = classifyTransportError(new AddressNotAllowedError('name.test'), {
    cause: undefined,
    reached: false,
  });
  expect(reached).toBe(false);
  expect(error).toMatchObject({
    class: 'connection',
    retryable: true,
    sameProviderRetry: false,
    detail: 'the address of name.test is not allowed',
  });
});
