import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { queryOnce } from './fixture/credential-database.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers, env: { CREDENTIAL_STATEMENT_TIMEOUT_MS: '' } });
  await credential.as.root.putSecret({ id: 's', value: Buffer.from('v') });
});
afterAll(() => credential.stop());
afterEach(async () => {
  await asOwner('GRANT INSERT ON credential.audit_entries TO switchyard_credential');
  await asOwner(
    `ALTER ROLE switchyard_credential IN DATABASE ${database()} SET default_transaction_read_only = off`,
  );
});

const asOwner = <Row extends Record<string, unknown>>(sql: string) =>
  queryOnce<Row>(credential.database.ownerUrl, sql);
const database = () => new URL(credential.database.ownerUrl).pathname.slice(1);
const killAudit = () => asOwner('REVOKE INSERT ON credential.audit_entries FROM switchyard_credential');
const AUDIT_UNAVAILABLE = { code: 'UNAVAILABLE', reason: 'AUDIT_UNAVAILABLE' };

test('A31: while the audit log cannot be written, 100 % of reads are refused, and work again afterwards', async () => {
  const { routing } = credential.as;
  await killAudit();
  for (let n = 0; n < 3; n++)
    await expect(routing.readSecret({ id: 's' })).rejects.toMatchObject(AUDIT_UNAVAILABLE);
  await asOwner('GRANT INSERT ON credential.audit_entries TO switchyard_credential');
  expect((await routing.readSecret({ id: 's' })).value.toString()).toBe('v');
});

test('while the audit log cannot be written, nothing is changed', async () => {
  const { root, routing } = credential.as;
  const { apiKey } = await root.createApiKey({ tenant: 'acme' });
  const id = apiKey?.id as string;
  const state = () =>
    asOwner(`
      SELECT (SELECT json_agg(s ORDER BY id)::text FROM credential.secrets s) AS secrets,
             (SELECT json_agg(k ORDER BY id)::text FROM credential.api_keys k) AS keys,
             (SELECT count(*)::int FROM credential.event_outbox) AS events`);
  const before = await state();
  await killAudit();
  const changes = [
    () => root.putSecret({ id: 's', value: Buffer.from('w') }),
    () => root.putSecret({ id: 'new', value: Buffer.from('w') }),
    () => root.deleteSecret({ id: 's' }),
    () => root.createApiKey({ tenant: 'acme' }),
    () => root.rotateApiKey({ id, tenant: 'acme' }),
    () => root.revokeApiKey({ id, tenant: 'acme' }),
  ];
  for (const change of changes) await expect(change()).rejects.toMatchObject(AUDIT_UNAVAILABLE);
  expect(await state()).toEqual(before);
  await asOwner('GRANT INSERT ON credential.audit_entries TO switchyard_credential');
  expect((await routing.readSecret({ id: 's' })).value.toString()).toBe('v');
});

test('a refusal is told even where it cannot be written down', async () => {
  await killAudit();
  const { acmeAdmin } = credential.as;
  await expect(acmeAdmin.createApiKey({ installation: true })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
});

test('A19: on a read-only database reads are refused ≤2 s, and work again afterwards', async () => {
  const { routing } = credential.as;
  await asOwner(
    `ALTER ROLE switchyard_credential IN DATABASE ${database()} SET default_transaction_read_only = on`,
  );
  await asOwner(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'credential' AND datname = current_database()`,
  );
  const refused = () =>
    expect(routing.readSecret({ id: 's' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await takesMs(refused)).toBeLessThan(2_000);
  await asOwner(
    `ALTER ROLE switchyard_credential IN DATABASE ${database()} SET default_transaction_read_only = off`,
  );
  await asOwner(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'credential' AND datname = current_database()`,
  );
  await expect
    .poll(() => routing.readSecret({ id: 's' }).then(({ value }) => value.toString(), String), {
      timeout: 10_000,
    })
    .toBe('v');
});

test('a head that somebody else keeps locked refuses reads after the time limit of a statement, not never', async () => {
  const { routing } = credential.as;
  const blocker = new pg.Client({ connectionString: credential.database.ownerUrl });
  await blocker.connect();
  try {
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM credential.audit_head FOR UPDATE');
    const reads = await Promise.allSettled(Array.from({ length: 20 }, () => routing.readSecret({ id: 's' })));
    for (const read of reads) expect(read).toMatchObject({ status: 'rejected', reason: AUDIT_UNAVAILABLE });
  } finally {
    await blocker.end();
  }
  expect((await routing.readSecret({ id: 's' })).value.toString()).toBe('v');
});
