import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { buildEstate } from '../support/tenant-estate.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

const SERVICES = ['routing', 'health-probe', 'cost-accounting', 'credential', 'connector'] as const;
const schemaOf = (service: string): string => service.replace('-', '_');

interface TenantTable {
  readonly schema: string;
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  readonly owner: string;
}

/** Tables, partitions included, that have a tenant's rows. */
const TENANT_TABLES = `
  SELECT n.nspname AS schema, c.relname AS table, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
         (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies, pg_get_userbyid(c.relowner) AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (ARRAY[${SERVICES.map((name) => `'${schemaOf(name)}'`).join(', ')}])
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped)
  ORDER BY 1, 2`;

let started: TestFleet;
let tables: TenantTable[];

beforeAll(async () => {
  started = await startTestFleet();
  for (const tenant of ['acme', 'globex']) (await buildEstate(started.fleet, tenant)).clients.close();
  tables = await queryFleet(started.fleet, TENANT_TABLES);
  // What is not there cannot be seen in any case: every table has rows of acme before it is looked at.
  const sources = ['routing.decisions', 'cost_accounting.ledger', 'health_probe.provider_health'];
  await vi.waitFor(
    async () => {
      for (const source of sources)
        expect(
          (await queryFleet(started.fleet, `SELECT FROM ${source} WHERE tenant = 'acme'`)).length,
          source,
        ).toBeGreaterThan(0);
    },
    { timeout: 30_000, interval: 250 },
  );
  tables = await queryFleet(started.fleet, TENANT_TABLES);
});

afterAll(() => started?.[Symbol.asyncDispose]());

/** A connection with a service's own role, as the service has it. */
async function connectAs(service: (typeof SERVICES)[number]): Promise<pg.Client> {
  const { stateDir, servers } = started.fleet;
  const identity = JSON.parse(await readFile(join(stateDir, 'identity.json'), 'utf8')) as {
    databasePasswords: Record<string, string>;
  };
  const url = new URL(servers.postgres.url);
  url.username = `switchyard_${schemaOf(service)}`;
  url.password = identity.databasePasswords[service] ?? '';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}

const INSUFFICIENT_PRIVILEGE = '42501';

/** Tenants whose rows are seen in a table; none where the table may not even be read. */
async function tenantsSeen(client: pg.Client, { schema, table }: TenantTable): Promise<string[]> {
  const name = `${schema}.${table}`;
  const { rows: permitted } = await client.query<{ yes: boolean }>(
    'SELECT has_table_privilege($1, $2) AS yes',
    [name, 'SELECT'],
  );
  if (permitted[0]?.yes !== true) return [];
  const { rows } = await client.query<{ tenant: string }>(`SELECT DISTINCT tenant FROM ${name}`);
  return rows.map(({ tenant }) => tenant).sort();
}

async function seenBy(client: pg.Client, service: string): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {};
  for (const table of tables.filter(({ schema }) => schema === schemaOf(service)))
    seen[table.table] = await tenantsSeen(client, table);
  return seen;
}

const asTenant = async (client: pg.Client, tenant: string, service: string) => {
  await client.query('BEGIN');
  await client.query(`SELECT set_config('switchyard.tenant', $1, true)`, [tenant]);
  const seen = await seenBy(client, service);
  await client.query('COMMIT');
  return seen;
};

test('A26: every table with tenants’ rows enables and forces row-level security, and no service owns one', () => {
  expect(new Set(tables.map(({ schema }) => schema))).toEqual(new Set(SERVICES.map(schemaOf)));
  for (const { schema, table, enabled, forced, policies, owner } of tables) {
    const name = `${schema}.${table}`;
    expect({ name, enabled, forced }).toEqual({ name, enabled: true, forced: true });
    expect(policies, name).toBeGreaterThan(0);
    expect(owner, name).not.toMatch(/^switchyard_/);
  }
});

describe.each(SERVICES)('A26: the role of %s', (service) => {
  test('sees no rows unless it says for whom, on a fresh and on a reused connection', async () => {
    const client = await connectAs(service);
    try {
      const nothing = Object.values(await seenBy(client, service)).flat();
      expect(nothing).toEqual([]);
      // A setting that a transaction had made reads as '' once it is over: that must not be the name of anybody.
      await asTenant(client, 'acme', service);
      expect(Object.values(await seenBy(client, service)).flat()).toEqual([]);
      expect(Object.values(await asTenant(client, '', service)).flat()).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('sees of two tenants the rows of the one it names', async () => {
    const client = await connectAs(service);
    try {
      // Providers of the installation serve every tenant, who may look at them.
      const shared = service === 'routing' ? ['', 'acme'] : ['acme'];
      const seen = Object.entries(await asTenant(client, 'acme', service)).filter(
        ([, { length }]) => length > 0,
      );
      expect(seen.length).toBeGreaterThan(0);
      for (const [table, tenants] of seen) expect(shared, table).toEqual(expect.arrayContaining(tenants));
      const nobody = Object.values(await asTenant(client, 'no-such-tenant', service)).flat();
      expect(nobody.filter((tenant) => tenant !== '')).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('cannot write rows of another tenant, nor turn the rules off', async () => {
    const client = await connectAs(service);
    try {
      for (const { schema, table } of tables.filter((one) => one.schema === schemaOf(service))) {
        await expect(
          client.query(`ALTER TABLE ${schema}.${table} DISABLE ROW LEVEL SECURITY`),
        ).rejects.toThrow(/owner/);
        await client.query('BEGIN');
        await client.query(`SELECT set_config('switchyard.tenant', 'globex', true)`);
        const changed = await client
          .query(`UPDATE ${schema}.${table} SET tenant = 'globex' WHERE tenant = 'acme'`)
          .catch((error: { code?: string }) => {
            expect(error.code, table).toBe(INSUFFICIENT_PRIVILEGE);
            return { rowCount: 0 };
          });
        expect(changed.rowCount, table).toBe(0);
        await client.query('ROLLBACK');
      }
    } finally {
      await client.end();
    }
  });
});
