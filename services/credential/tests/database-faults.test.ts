import { ServiceError } from '@switchyard/kernel';
import { createLogger, openPostgres } from '@switchyard/service-kit';
import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import { startTcpProxy } from '@switchyard/testkit/toxics';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAuditChain } from '../src/index.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: 'own', nats: true });
const DEFAULT_LIMITS = { CREDENTIAL_STATEMENT_TIMEOUT_MS: '' };
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers, env: DEFAULT_LIMITS });
  await credential.as.root.putSecret({ id: 's', value: Buffer.from('v') });
});
afterAll(() => credential.stop());

const read = () =>
  credential.as.routing.readSecret({ id: 's' }).then(
    ({ value }) => value.toString(),
    (error: unknown) => error,
  );
const refused = async (reading: typeof read) =>
  expect(await reading()).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
const works = () => expect.poll(read, { timeout: 10_000 }).toBe('v');
const readiness = async () => {
  const response = await fetch(`http://${credential.service.addresses.ops}/readyz`);
  return {
    status: response.status,
    body: (await response.json()) as { parts: Record<string, { ok: boolean }> },
  };
};

/** Reads without a pause, 20 at once, until told to stop. Keeps how often each outcome came: there are very many. */
function keepReading() {
  const counts = new Map<string, number>();
  let stopped = false;
  const reader = async () => {
    while (!stopped) {
      const outcome = await read();
      const name = outcome instanceof ServiceError ? `${outcome.code} ${outcome.reason}` : String(outcome);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if (name !== 'v') await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const readers = Array.from({ length: 20 }, reader);
  return {
    counts,
    async stop() {
      stopped = true;
      await Promise.all(readers);
    },
  };
}

test('A19: Postgres killed in the middle of reads gives each a clear error or its value, and the service recovers ≤10 s', async () => {
  const reading = keepReading();
  try {
    await expect.poll(() => reading.counts.get('v'), { timeout: 10_000 }).toBeGreaterThan(50);
    await servers.postgres.server.kill('SIGKILL');
    await expect.poll(() => reading.counts.size, { timeout: 10_000 }).toBeGreaterThan(1);
    expect(await takesMs(() => refused(read))).toBeLessThan(2_500);
  } finally {
    await reading.stop();
  }
  const clear = ['v', 'UNAVAILABLE DATABASE_UNAVAILABLE', 'UNAVAILABLE AUDIT_UNAVAILABLE'];
  expect([...reading.counts.keys()].filter((name) => !clear.includes(name))).toEqual([]);
  expect((await readiness()).status).toBe(503);
  await servers.postgres.server.restart();
  await works();
  await expect.poll(async () => (await readiness()).status).toBe(200);
});

test('what was in the audit log before the kill is whole after it', async () => {
  const postgres = openPostgres({
    url: credential.database.appUrl,
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  try {
    expect(await verifyAuditChain(postgres)).toMatchObject({ kind: 'whole' });
  } finally {
    await postgres.close();
  }
});

test('A19: a Postgres that stands still gives a clear error ≤2 s, and the service recovers ≤10 s', async () => {
  const { server } = servers.postgres;
  await using proxy = await startTcpProxy({ target: { host: server.host, port: server.port } });
  const url = new URL(credential.database.appUrl);
  url.port = String(proxy.port);
  await using behind = await startCredential({
    servers,
    from: credential,
    env: { ...DEFAULT_LIMITS, CREDENTIAL_DATABASE_URL: url.href },
  });
  const { routing } = behind.as;
  const readBehind = () =>
    routing.readSecret({ id: 's' }).then(
      ({ value }) => value.toString(),
      (error: unknown) => error,
    );
  expect(await readBehind()).toBe('v');
  await proxy.set({ type: 'stall' });
  expect(await takesMs(() => refused(readBehind))).toBeLessThan(2_500);
  await proxy.set(undefined);
  await expect.poll(readBehind, { timeout: 10_000 }).toBe('v');
});

test('a row that somebody else keeps locked gives a clear error after the time limit of a statement', async () => {
  const blocker = new pg.Client({ connectionString: credential.database.ownerUrl });
  await blocker.connect();
  const { root } = credential.as;
  try {
    await blocker.query('BEGIN');
    await blocker.query(`SELECT 1 FROM credential.secrets WHERE id = 's' FOR UPDATE`);
    await expect(root.putSecret({ id: 's', value: Buffer.from('v') })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'DATABASE_UNAVAILABLE',
    });
  } finally {
    await blocker.end();
  }
  await root.putSecret({ id: 's', value: Buffer.from('v') });
});

test('a service that starts while Postgres is away says so, and works when it is back, with its keys', async () => {
  await servers.postgres.server.kill('SIGKILL');
  const late = await startCredential({ servers, from: credential });
  try {
    await expect(late.as.root.listSecrets()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await servers.postgres.server.restart();
    const listed = () => late.as.root.listSecrets().then(({ secrets }) => secrets.length, String);
    await expect.poll(listed).toBe(1);
  } finally {
    await late.stop();
  }
});
