import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { testCertificate } from '@switchyard/testkit/test-certificate';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningConnector, startRunningConnector } from './fixture/running-connector.ts';
import { startTlsFront } from './fixture/tls-front.ts';

const servers = useServers({ postgres: true, nats: true });

interface Front {
  readonly port: number;
  close(): Promise<void>;
}

let fronts: Record<'rest' | 'postgresql', Record<'modern' | 'old', Front>>;
let received: string[];
let role: string;
let admin: pg.Client;
let database: string;

beforeAll(async () => {
  received = [];
  const target = new URL(await servers.postgres.createDatabase());
  database = target.pathname.slice(1);
  role = `tls_${servers.nats.prefix.toLowerCase()}`;
  admin = new pg.Client({ connectionString: target.href });
  await admin.connect();
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret-over-tls'`);
  const postgres = async (maxVersion: SecureVersion): Promise<Front> => {
    const front = await startTlsFront(Number(target.port), { maxVersion });
    return { port: front.port, close: async () => await front[Symbol.asyncDispose]() };
  };
  fronts = {
    rest: { modern: await httpsFront('TLSv1.3'), old: await httpsFront('TLSv1.2') },
    postgresql: { modern: await postgres('TLSv1.3'), old: await postgres('TLSv1.2') },
  };
});
afterAll(async () => {
  for (const { modern, old } of Object.values(fronts)) await Promise.all([modern.close(), old.close()]);
  await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

async function httpsFront(maxVersion: SecureVersion): Promise<Front> {
  const server = createServer({ ...testCertificate.serverOptions(), maxVersion }, (request, response) => {
    received.push(String(request.headers.authorization));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Attempt {
  readonly type: 'rest' | 'postgresql';
  readonly host: string;
  readonly server: 'modern' | 'old';
  readonly trusted: boolean;
}

/** Calls a TLS server by a name, from a service that trusts the tests' authority or not. */
async function attempt({ type, host, server, trusted }: Attempt): Promise<string> {
  const { port } = fronts[type][server];
  await using connector: RunningConnector = await startRunningConnector({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    prefix: servers.nats.prefix,
    allowedHosts: [`${host}:${port}`],
    env: trusted ? { CONNECTOR_CA_FILE: testCertificate.caFile } : {},
    overrides: { resolveHost: async () => ['127.0.0.1'] },
  });
  const scheme = type === 'rest' ? 'https' : 'postgresql';
  const rest = type === 'rest' ? '/' : `/${database}?sslmode=verify-full`;
  connector.credential.secrets.set('t1/s', {
    value: `${role}:secret-over-tls`,
    allowedOrigins: [`${scheme}://${host}:${port}`],
  });
  const endpoint = `${scheme}://${host}:${port}${rest}`;
  await connector.create({ id: 'c', type, endpoint, credentialRef: 's', authType: 'basic' });
  const call =
    type === 'rest'
      ? { operation: 'call', input: { method: 'GET' } }
      : { operation: 'query', input: { sql: 'SELECT 1' } };
  // Awaited here: the service must not be gone before the call has ended.
  return await connector.execute({ connector: 'c', ...call }).then(
    () => 'ok',
    (error: { reason: string }) => error.reason,
  );
}

describe.each(['rest', 'postgresql'] as const)('%s', (type) => {
  test('A33: TLS 1.3 with a certificate of a trusted authority for the name is spoken', async () => {
    expect(await attempt({ type, host: 'named.test', server: 'modern', trusted: true })).toBe('ok');
    expect(await attempt({ type, host: 'localhost', server: 'modern', trusted: true })).toBe('ok');
  });

  test.each([
    ['TLS 1.2', { host: 'localhost', server: 'old', trusted: true }],
    ['an unknown authority', { host: 'localhost', server: 'modern', trusted: false }],
    ['a certificate for another name', { host: 'other.test', server: 'modern', trusted: true }],
    ['a certificate without the address', { host: '127.0.0.1', server: 'modern', trusted: true }],
  ] as const)('A33: %s is refused, and no credential is sent', async (_what, how) => {
    received.length = 0;
    expect(await attempt({ type, ...how })).toBe('TARGET_UNTRUSTED');
    expect(received).toEqual([]);
  });

  test('the environment cannot turn verification off', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await attempt({ type, host: 'localhost', server: 'modern', trusted: false })).toBe(
        'TARGET_UNTRUSTED',
      );
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });
});
