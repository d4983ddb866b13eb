import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningFleet } from '@switchyard/deploy';
import pg from 'pg';

/** Each has a schema and a role of its own. */
export const SERVICES = ['routing', 'health-probe', 'cost-accounting', 'credential', 'connector'] as const;
/** Name of a service's schema. */
export const schemaOf = (service: string): string => service.replace('-', '_');

/** A table with a tenant's rows, and what guards it. */
export interface TenantTable {
  readonly schema: string;
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  readonly owner: string;
}

/** Tables, partitions included, that have a tenant's rows. */
export const TENANT_TABLES = `
  SELECT n.nspname AS schema, c.relname AS table, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
         (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies, pg_get_userbyid(c.relowner) AS owner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (ARRAY[${SERVICES.map((name) => `'${schemaOf(name)}'`).join(', ')}])
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped)
  ORDER BY 1, 2`;

/** A connection with a service's own role, as the service has it. */
export async function connectAs(
  { stateDir, servers }: RunningFleet,
  service: (typeof SERVICES)[number],
): Promise<pg.Client> {
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

/** SQLSTATE of what a role may not do. */
export const INSUFFICIENT_PRIVILEGE = '42501';

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

/** Tenants whose rows a role sees now, by table. */
export async function seenBy(
  client: pg.Client,
  tables: readonly TenantTable[],
): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {};
  for (const table of tables) seen[table.table] = await tenantsSeen(client, table);
  return seen;
}

/** The same in a transaction that names a tenant. */
export const seenAs = async (client: pg.Client, tenant: string, tables: readonly TenantTable[]) => {
  await client.query('BEGIN');
  await client.query(`SELECT set_config('switchyard.tenant', $1, true)`, [tenant]);
  const seen = await seenBy(client, tables);
  await client.query('COMMIT');
  return seen;
};
