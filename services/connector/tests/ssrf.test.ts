import type { ServiceError } from '@switchyard/kernel';
import { FORBIDDEN_ADDRESSES, FORBIDDEN_HOSTS } from '@switchyard/service-kit/ssrf-cases';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from './fixture/canary.ts';
import { type HttpApi, startHttpApi } from './fixture/http-api.ts';
import { type RunningConnector, startRunningConnector } from './fixture/running-connector.ts';

const servers = useServers({ postgres: true, nats: true });
const SECRET = 'ann:canary-secret-7d1f';

let canary: Canary;
let api: HttpApi;
let connector: RunningConnector;
/** What names resolve to, answer by answer; the last one goes on. */
let answers: (readonly string[])[];
let resolved: string[];

beforeAll(async () => {
  canary = await startCanary();
  api = await startHttpApi();
  connector = await startRunningConnector({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    prefix: servers.nats.prefix,
    allowedHosts: [`127.0.0.1:${api.port}`, `named.test:${api.port}`],
    overrides: {
      resolveHost: async (host) => {
        resolved.push(host);
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
      },
    },
  });
});
afterAll(async () => {
  await connector[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
  await canary[Symbol.asyncDispose]();
});
beforeEach(() => {
  answers = [['127.0.0.1']];
  resolved = [];
});

type TypeName = 'rest' | 'postgresql';

let made = 0;
/**
 * Makes a connector with a secret that may go to the canary and calls it: one of the two must be refused.
 *
 * @returns the reason
 */
async function attempt(type: TypeName, endpoint: string): Promise<string> {
  const id = `c${++made}`;
  const hosts = ['127.0.0.1', 'name.test', 'named.test'];
  connector.credential.secrets.set(`t1/${id}`, {
    value: SECRET,
    allowedOrigins: hosts.flatMap((host) => [
      `https://${host}:${canary.port}`,
      `postgresql://${host}:${canary.port}`,
      `http://${host}:${api.port}`,
    ]),
  });
  const refused = await connector.create({ id, type, endpoint, credentialRef: id, authType: 'basic' }).then(
    () => undefined,
    (error: ServiceError) => error.reason,
  );
  return refused ?? (await connector.refusal(connector.execute({ connector: id, ...CALLS[type] }))).reason;
}

const CALLS = {
  rest: { operation: 'call', input: { method: 'GET' } },
  postgresql: { operation: 'query', input: { sql: 'SELECT 1' } },
};

describe.each([
  ['rest', 'https', '/'],
  ['postgresql', 'postgresql', '/postgres'],
] as const)('%s', (type, scheme, path) => {
  test('A24: no spelling of a forbidden host is connected to', async () => {
    const reasons = new Map<string, string[]>();
    for (const host of FORBIDDEN_HOSTS) {
      const reason = await attempt(type, `${scheme}://${host}:${canary.port}${path}`);
      reasons.set(reason, [...(reasons.get(reason) ?? []), host]);
    }
    expect([...reasons.keys()].sort()).toEqual(['ADDRESS_FORBIDDEN', 'INVALID_ARGUMENT']);
    expect(reasons.get('ADDRESS_FORBIDDEN')?.length).toBeGreaterThan(150);
    expect([canary.hits, canary.received]).toEqual([0, '']);
  });

  test('A24: no name that resolves to a forbidden address is connected to', async () => {
    for (const address of FORBIDDEN_ADDRESSES) {
      answers = [[address]];
      expect([address, await attempt(type, `${scheme}://name.test:${canary.port}${path}`)]).toEqual([
        address,
        'ADDRESS_FORBIDDEN',
      ]);
    }
    expect(canary.hits).toBe(0);
  });

  test('a public address beside a forbidden one does not help', async () => {
    for (answers of [[['93.184.216.34', '127.0.0.1']], [['127.0.0.1', '93.184.216.34']]]) {
      expect(await attempt(type, `${scheme}://name.test:${canary.port}${path}`)).toBe('ADDRESS_FORBIDDEN');
    }
    expect(canary.hits).toBe(0);
  });

  test('A24: rebinding: a name is resolved once, so a second answer is never asked for', async () => {
    // 192.0.1.1 is unassigned: a connection to it fails or hangs, and the time limit ends it.
    answers = [['192.0.1.1'], ['127.0.0.1']];
    const id = `rebinding-${type}`;
    const endpoint = `${scheme}://name.test:${canary.port}${path}`;
    connector.credential.secrets.set(`t1/${id}-secret`, {
      value: SECRET,
      allowedOrigins: [`${scheme}://name.test:${canary.port}`],
    });
    const auth = { credentialRef: `${id}-secret`, authType: 'basic' };
    await connector.create({ id, type, endpoint, ...auth, limits: { timeoutMs: 500 } });
    const { reason } = await connector.refusal(connector.execute({ connector: id, ...CALLS[type] }));
    expect(['TIME_LIMIT', 'TARGET_UNAVAILABLE']).toContain(reason);
    expect(resolved).toEqual(['name.test']);
    expect(canary.hits).toBe(0);
  });
});

test('rebinding between two calls: the second one is refused', async () => {
  answers = [['127.0.0.1'], ['169.254.169.254']];
  await connector.create({ id: 'rebound', type: 'rest', endpoint: `http://named.test:${api.port}` });
  const call = { connector: 'rebound', ...CALLS.rest };
  api.respond = (_request, response) => {
    // So that the second call needs a new connection.
    response.setHeader('connection', 'close');
    response.end('{}');
  };
  expect(await connector.output(call)).toMatchObject({ status: 200 });
  expect((await connector.refusal(connector.execute(call))).reason).toBe('ADDRESS_FORBIDDEN');
});

test.each([301, 302, 303, 307, 308])(
  'A24: a redirect by %i is handed to the caller, not followed',
  async (status) => {
    const id = `redirect-${status}`;
    connector.credential.secrets.set(`t1/${id}`, {
      value: SECRET,
      allowedOrigins: [`http://127.0.0.1:${api.port}`],
    });
    await connector.create({
      ...{ id, type: 'rest', endpoint: `http://127.0.0.1:${api.port}`, credentialRef: id, authType: 'basic' },
    });
    api.respond = (_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end();
    };
    const output = await connector.output({ connector: id, ...CALLS.rest });
    expect(output).toMatchObject({ status, headers: { location: `http://127.0.0.1:${canary.port}/` } });
    expect([canary.hits, canary.received]).toEqual([0, '']);
  },
);

test('a proxy in the environment is not used', async () => {
  const before = { ...process.env };
  const proxy = `http://127.0.0.1:${canary.port}`;
  Object.assign(process.env, {
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    HTTPS_PROXY: proxy,
    NODE_USE_ENV_PROXY: '1',
  });
  try {
    await connector.create({ id: 'proxied', type: 'rest', endpoint: `http://127.0.0.1:${api.port}` });
    api.respond = (_request, response) => response.end('{}');
    expect(await connector.output({ connector: 'proxied', ...CALLS.rest })).toMatchObject({ status: 200 });
  } finally {
    process.env = before;
  }
  expect(canary.hits).toBe(0);
});

test('plain http is for named hosts only', async () => {
  const refused = connector.create({ id: 'plain', type: 'rest', endpoint: 'http://api.example.com' });
  expect((await connector.refusal(refused)).violations).toEqual([
    {
      field: 'connector.endpoint',
      description: 'must be https: plain http is for hosts that the operator named',
    },
  ]);
});

test('what is refused does not tell the address that a name has', async () => {
  answers = [['10.1.2.3']];
  await connector.create({ id: 'inner', type: 'rest', endpoint: 'https://name.test' });
  const error = await connector.refusal(connector.execute({ connector: 'inner', ...CALLS.rest }));
  expect(error.code).toBe('PERMISSION_DENIED');
  expect(JSON.stringify([error.publicMessage, error.metadata])).not.toContain('10.1.2.3');
});
