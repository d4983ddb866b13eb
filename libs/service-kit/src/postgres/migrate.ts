import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

export interface MigrateOptions {
  /** URL with the rights of the tables' owner. */
  readonly url: string;
  /** Folder with `000001.sql`, `000002.sql`, … */
  readonly directory: string;
  /** Schema of the service; created where it is missing. Lower case letters and underscores. */
  readonly schema: string;
  /** Role that the service runs as; created without a login where it is missing, granted use of the schema. */
  readonly role: string;
  /** Where given, the role may log in with this password (local start, tests); elsewhere the operator grants a login. */
  readonly rolePassword?: string;
}

/** Any number that all migrations of one database agree on. */
const LOCK_ID = 7_246_001;

/**
 * Brings a schema up to date: each file once, in order, each in its own transaction, under a lock so that replicas may start at once.
 *
 * @returns names of the files that were applied now
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { url, directory, schema } = options;
  const files = (await readdir(directory)).filter((name) => /^\d{6}\.sql$/.test(name)).sort();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  const applied: string[] = [];
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_ID]);
    await prepare(client, options);
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.schema_migrations`);
    const done = new Set(rows.map(({ name }) => name));
    for (const name of files) {
      if (done.has(name)) continue;
      await apply(client, { schema, name, sql: await readFile(join(directory, name), 'utf8') });
      applied.push(name);
    }
  } finally {
    await client.end();
  }
  return applied;
}

async function prepare(client: pg.Client, { schema, role, rolePassword }: MigrateOptions): Promise<void> {
  if (![schema, role].every((name) => /^[a-z_]+$/.test(name))) {
    throw new TypeError('schema and role are lower case letters and underscores');
  }
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await changeRole(client, `CREATE ROLE ${role} NOLOGIN NOINHERIT`);
  if (rolePassword !== undefined) {
    await changeRole(client, `ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(rolePassword)}`);
  }
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${schema}.schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

/** Roles belong to the whole cluster, beyond the lock: a migration of another database may be changing the same one. */
async function changeRole(client: pg.Client, statement: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === DUPLICATE_OBJECT || code === UNIQUE_VIOLATION) return;
      if (code !== CONCURRENT_UPDATE || tries === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * tries));
    }
  }
}

/** SQLSTATEs: the role exists; it was made at the same moment; "tuple concurrently updated". */
const DUPLICATE_OBJECT = '42710';
const UNIQUE_VIOLATION = '23505';
const CONCURRENT_UPDATE = 'XX000';

async function apply(
  client: pg.Client,
  { schema, name, sql }: { schema: string; name: string; sql: string },
): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL search_path TO ${schema}`);
    await client.query(sql);
    await client.query(`INSERT INTO ${schema}.schema_migrations (name) VALUES ($1)`, [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`migration ${schema}/${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
