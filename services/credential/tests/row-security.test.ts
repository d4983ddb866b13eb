import { createLogger, openPostgres, type Postgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from './fixture/credential-database.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;
let postgres: Postgres;

beforeAll(async () => {
  credential = await startCredential({ servers });
  const { acmeAdmin, globexAdmin, root } = credential.as;
  await acmeAdmin.putSecret({ tenant: 'acme', id: 's', value: Buffer.from('v') });
  await globexAdmin.putSecret({ tenant: 'globex', id: 's', value: Buffer.from('v') });
  await root.putSecret({ id: 's', value: Buffer.from('v') });
  // One connection, so that every transaction below reuses it.
  postgres = openPostgres({
    url: credential.database.appUrl,
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
});
afterAll(async () => {
  await postgres.close();
  await credential.stop();
});

const TABLES = ['secrets', 'api_keys', 'audit_entries', 'event_outbox'];
const tenantsIn = (table: string, as: string) =>
  postgres.asTenant(as, async (transaction) => {
    const { rows } = await transaction.query<{ tenant: string }>(
      `SELECT DISTINCT tenant FROM credential.${table}`,
    );
    return rows.map(({ tenant }) => tenant);
  });

test('A26: 100 % of tables with data force row-level security, and their owner is not the role of the service', async () => {
  const rows = await queryOnce<{ name: string; forced: boolean; owner: string; policies: number }>(
    credential.database.ownerUrl,
    `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, r.rolname AS owner,
            (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid AND p.polwithcheck IS NOT NULL) AS policies
     FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
     WHERE c.relnamespace = 'credential'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'schema_migrations'`,
  );
  expect(rows.map(({ name }) => name).sort()).toEqual([...TABLES, 'audit_head'].sort());
  for (const { name, forced, owner, policies } of rows) {
    expect({ name, forced, policies }).toEqual({ name, forced: true, policies: 1 });
    expect(owner).not.toBe('switchyard_credential');
  }
  const [role] = await queryOnce(
    credential.database.ownerUrl,
    `SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit FROM pg_roles WHERE rolname = 'switchyard_credential'`,
  );
  expect(role).toEqual({
    rolsuper: false,
    rolbypassrls: false,
    rolcreatedb: false,
    rolcreaterole: false,
    rolinherit: false,
  });
});

test('A26: on a reused connection a tenant sees 0 rows of others, and the installation is a tenant like any', async () => {
  for (const tenant of ['acme', 'globex', 'installation', 'acme']) {
    for (const table of TABLES) {
      expect(await tenantsIn(table, tenant), table).toEqual([tenant]);
    }
  }
  expect(await tenantsIn('secrets', 'nobody')).toEqual([]);
});

test('A26: a transaction that does not say for whom it works sees nothing, on a fresh and on a reused connection', async () => {
  const client = new pg.Client({ connectionString: credential.database.appUrl });
  await client.connect();
  try {
    for (let round = 0; round < 2; round++) {
      for (const table of [...TABLES, 'audit_head']) {
        expect((await client.query(`SELECT 1 FROM credential.${table}`)).rowCount, table).toBe(0);
      }
      await client.query('BEGIN');
      await client.query(
        `SELECT set_config('switchyard.tenant', 'acme', true), set_config('switchyard.system', 'on', true)`,
      );
      expect((await client.query('SELECT 1 FROM credential.secrets')).rowCount).toBe(3);
      await client.query('COMMIT');
    }
  } finally {
    await client.end();
  }
  for (const table of TABLES) expect(await tenantsIn(table, '')).toEqual([]);
});

test('a tenant cannot write rows of another, nor move its own to one', async () => {
  const violation = { code: '42501' };
  const asAcme = (sql: string) => postgres.asTenant('acme', (transaction) => transaction.query(sql));
  await expect(
    asAcme(
      `INSERT INTO credential.secrets (tenant, id, version, updated_at) VALUES ('globex', 'x', 1, now())`,
    ),
  ).rejects.toMatchObject(violation);
  await expect(asAcme(`UPDATE credential.secrets SET tenant = 'globex'`)).rejects.toMatchObject(violation);
  await expect(
    asAcme(`INSERT INTO credential.event_outbox (id, tenant, event, payload, traceparent, created_at)
            VALUES (gen_random_uuid(), 'globex', 'revoked', '', '', now())`),
  ).rejects.toMatchObject(violation);
  expect(
    (await asAcme(`UPDATE credential.secrets SET updated_at = now() WHERE tenant = 'globex'`)).rowCount,
  ).toBe(0);
});

test('the role of the service has exactly the rights that it uses', async () => {
  const rows = await queryOnce<{ name: string; rights: string }>(
    credential.database.ownerUrl,
    `SELECT table_name AS name, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS rights
     FROM information_schema.role_table_grants
     WHERE grantee IN ('switchyard_credential', 'PUBLIC') AND table_schema = 'credential'
     GROUP BY table_name`,
  );
  expect(Object.fromEntries(rows.map(({ name, rights }) => [name, rights]))).toEqual({
    secrets: 'INSERT SELECT UPDATE',
    api_keys: 'INSERT SELECT UPDATE',
    audit_entries: 'INSERT SELECT',
    audit_head: 'SELECT UPDATE',
    event_outbox: 'DELETE INSERT SELECT UPDATE',
  });
});
