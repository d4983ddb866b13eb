import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRowCounter } from './fixture/row-counter.ts';
import { type RunningConnector, startRunningConnector } from './fixture/running-connector.ts';
import { WRITE_ATTEMPTS } from './fixture/write-attempts.ts';

const servers = useServers({ postgres: true, nats: true });
const PASSWORD = 'canary-database-password-51c0';

let connector: RunningConnector;
let admin: pg.Client;
let endpoint: string;
/** Roles belong to the whole server. */
let writer: string;

beforeAll(async () => {
  const target = new URL(await servers.postgres.createDatabase());
  admin = new pg.Client({ connectionString: target.href });
  await admin.connect();
  writer = `writer_${servers.nats.prefix.toLowerCase()}`;
  await admin.query(`CREATE ROLE ${writer} LOGIN PASSWORD '${PASSWORD}'`);
  await admin.query(SCHEMA.replaceAll('$writer', writer).replaceAll('$database', target.pathname.slice(1)));
  endpoint = `postgresql://127.0.0.1:${target.port}${target.pathname}`;
  connector = await startRunningConnector({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    prefix: servers.nats.prefix,
    allowedHosts: [`127.0.0.1:${target.port}`],
  });
  connector.credential.secrets.set('t1/db', {
    value: `${writer}:${PASSWORD}`,
    allowedOrigins: [`postgresql://127.0.0.1:${target.port}`],
  });
  await connector.create({ id: 'db', type: 'postgresql', endpoint, credentialRef: 'db', authType: 'basic' });
});
afterAll(async () => {
  await connector[Symbol.asyncDispose]();
  await admin.query(`DROP OWNED BY ${writer} CASCADE; DROP ROLE ${writer}`);
  await admin.end();
});

/** The worst case: the operator's role may write everything. */
const SCHEMA = `
  CREATE TABLE items (id int PRIMARY KEY, name text);
  INSERT INTO items VALUES (1, 'one'), (2, 'two');
  CREATE SEQUENCE numbers;
  CREATE TABLE log (at timestamptz DEFAULT now(), what text);
  CREATE FUNCTION write_log(what text) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO log (what) VALUES (what); RETURN 1; END $$;
  CREATE FUNCTION write_as_owner(what text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO log (what) VALUES (what); RETURN 1; END $$;
  CREATE FUNCTION write_after_opening() RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO log (what) VALUES ('x'); RETURN 1; END $$;
  CREATE PROCEDURE commit_and_write() LANGUAGE plpgsql AS
    $$ BEGIN COMMIT; SET TRANSACTION READ WRITE; INSERT INTO log (what) VALUES ('x'); COMMIT; END $$;
  CREATE VIEW items_view AS SELECT * FROM items;
  CREATE MATERIALIZED VIEW items_copy AS SELECT * FROM items;
  GRANT CREATE, TEMPORARY ON DATABASE $database TO $writer;
  GRANT ALL ON SCHEMA public TO $writer;
  GRANT ALL ON ALL TABLES IN SCHEMA public TO $writer;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO $writer;
  GRANT ALL ON ALL ROUTINES IN SCHEMA public TO $writer;
  ALTER TABLE items OWNER TO $writer; ALTER TABLE log OWNER TO $writer; ALTER SEQUENCE numbers OWNER TO $writer;
  ALTER MATERIALIZED VIEW items_copy OWNER TO $writer;
`;

const query = (sql: string, parameters: unknown[] = [], id = 'db') =>
  connector.output({ connector: id, operation: 'query', input: { sql, parameters } });
const refused = (sql: string, id = 'db') =>
  connector.refusal(connector.execute({ connector: id, operation: 'query', input: { sql } }));

test('a query with parameters gives columns and rows', async () => {
  expect(await query('SELECT id, name FROM items WHERE id > $1 ORDER BY id', [0])).toEqual({
    columns: [
      { name: 'id', type: 'int4' },
      { name: 'name', type: 'text' },
    ],
    rows: [
      [1, 'one'],
      [2, 'two'],
    ],
    row_count: 2,
    truncated: false,
  });
});

test('parameters are values, never SQL', async () => {
  const evil = "x'; DROP TABLE items; --";
  expect((await query('SELECT $1::text AS v', [evil])).rows).toEqual([[evil]]);
});

test('values come back without loss', async () => {
  const { rows } =
    await query(`SELECT 9223372036854775807::int8, 0.10000000000000000001::numeric, 1.5::float8, 'NaN'::float8,
    true, NULL, '2026-01-02 03:04:05.123456+02'::timestamptz, '2026-01-02'::date, '\\x00ff'::bytea,
    '{"n": 12345678901234567890}'::jsonb, ARRAY[1,2], interval '1 day 2 hours', 7::int2`);
  expect(rows).toEqual([
    [
      '9223372036854775807',
      '0.10000000000000000001',
      1.5,
      'NaN',
      true,
      null,
      '2026-01-02 01:04:05.123456+00',
      '2026-01-02',
      '\\x00ff',
      // The text has every digit; this test's own reader rounds.
      { n: Number('12345678901234567890') },
      '{1,2}',
      'P1DT2H',
      7,
    ],
  ]);
});

test.each([
  'SHOW server_version',
  'EXPLAIN SELECT 1',
  'VALUES (1), (2)',
  'TABLE items',
  'WITH x AS (SELECT 1) SELECT * FROM x',
])('%s is a query too', async (sql) => {
  expect((await query(sql)).row_count).toBeGreaterThan(0);
});

describe('caps', () => {
  const make = (id: string, limits: object) =>
    connector.create({ id, type: 'postgresql', endpoint, credentialRef: 'db', authType: 'basic', limits });

  test('A27: rows: exactly as many as allowed, and whether there are more', async () => {
    await make('rows', { maxRows: 50 });
    for (const [rows, truncated] of [
      [0, false],
      [1, false],
      [31, false],
      [32, false],
      [33, false],
      [49, false],
      [50, false],
      [51, true],
      [100_000, true],
    ] as const) {
      const output = await query(`SELECT n FROM generate_series(1, ${rows}) n`, [], 'rows');
      expect([rows, output.row_count, output.truncated]).toEqual([rows, Math.min(rows, 50), truncated]);
    }
  });

  test('A27: never more rows are sent by the database than allowed', async () => {
    await using relay = await startRowCounter(databasePort());
    await startedWith(relay.port, async (watched) => {
      const input = { sql: 'SELECT n FROM generate_series(1, 5000) n' };
      const output = await watched.output({ connector: 'counted', operation: 'query', input });
      expect(output).toMatchObject({ row_count: 40, truncated: true });
    });
    // One more for the question whether the role is too powerful, one for the setting of the check interval.
    expect(relay.rows).toBe(42);
  });

  test('A27: bytes: as many rows as fit, and not a byte more', async () => {
    await make('bytes', { maxBytes: 10_000 });
    const output = await query(`SELECT repeat('x', 96) FROM generate_series(1, 5000)`, [], 'bytes');
    const bytes = Buffer.byteLength(JSON.stringify(output.rows));
    // A row has 100 bytes and all but one a comma, with two brackets around: 2 + 99 × 100 + 98.
    expect([output.row_count, output.truncated, bytes]).toEqual([99, true, 10_000]);
  });

  test('a single value far beyond the cap is cut off before it is read whole', async () => {
    await make('giant', { maxBytes: 1_000 });
    const sql = `SELECT n, repeat('x', n * 50000000) FROM generate_series(0, 3) n`;
    expect(await query(sql, [], 'giant')).toMatchObject({ rows: [[0, '']], truncated: true });
    // The connection was cut; the next call has another one.
    expect(await query('SELECT 1', [], 'giant')).toMatchObject({ row_count: 1 });
    await using relay = await startRowCounter(databasePort());
    await startedWith(relay.port, async (watched) => {
      await watched.output({ connector: 'counted', operation: 'query', input: { sql } });
    });
    // The default cap is 1 MiB; of 300 MB that the query gives, a few have gone over the wire.
    expect(relay.bytes).toBeLessThan(20_000_000);
  });
});

describe('read-only', () => {
  test('A27: 0 writes over all attempts, by a role that may write', async () => {
    const before = await fingerprint();
    for (const sql of WRITE_ATTEMPTS) {
      await query(sql).catch(() => undefined);
      expect(await fingerprint(), sql).toEqual(before);
    }
    // The session that all of them used is as new.
    expect(
      (await query("SELECT current_setting('default_transaction_read_only'), current_setting('search_path')"))
        .rows,
    ).toEqual([['on', '"$user", public']]);
  });

  test.each([
    ["INSERT INTO items VALUES (3, 'three')", 'WRITE_REFUSED'],
    ['WITH d AS (DELETE FROM items RETURNING *) SELECT * FROM d', 'WRITE_REFUSED'],
    ["SELECT nextval('numbers')", 'WRITE_REFUSED'],
    ['SELECT 1; SELECT 2', 'QUERY_REFUSED'],
    ['SELECT * FROM pg_authid', 'ACCESS_REFUSED'],
    ['SELECT * FROM nowhere', 'QUERY_REFUSED'],
    ['SELEC 1', 'QUERY_REFUSED'],
    ['SELECT 1/0', 'QUERY_REFUSED'],
  ])('%s is told as %s', async (sql, reason) => {
    expect((await refused(sql)).reason).toBe(reason);
  });

  test('a superuser is refused as the role of a connector', async () => {
    const { username, password } = new URL(servers.postgres.url);
    connector.credential.secrets.set('t1/super', {
      value: `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
      allowedOrigins: [new URL(endpoint).origin === 'null' ? endpoint.replace(/\/[^/]*$/, '') : endpoint],
    });
    await connector.create({
      id: 'super',
      type: 'postgresql',
      endpoint,
      credentialRef: 'super',
      authType: 'basic',
    });
    expect((await refused('SELECT 1', 'super')).reason).toBe('ROLE_TOO_POWERFUL');
  });

  test('nothing of a call is left for the next one on the same connection', async () => {
    await query("SELECT set_config('search_path', 'evil', false), set_config('app.leak', 'secret', false)");
    await query('SET default_transaction_read_only = off').catch(() => undefined);
    await query('SELECT pg_advisory_lock(4711)');
    const { rows } = await query(
      "SELECT current_setting('search_path'), current_setting('app.leak', true), current_setting('transaction_read_only')",
    );
    expect(rows).toEqual([
      ['"$user", public', expect.toSatisfy((value: unknown) => value === null || value === ''), 'on'],
    ]);
    const { rows: locks } = await admin.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711",
    );
    expect(locks).toEqual([]);
  });
});

describe('time', () => {
  test('a query over its limit is ended here and in the database', async () => {
    await connector.create({
      ...{ id: 'slow', type: 'postgresql', endpoint, credentialRef: 'db', authType: 'basic' },
      limits: { timeoutMs: 300 },
    });
    expect((await refused('SELECT pg_sleep(60) /* over its limit */', 'slow')).reason).toBe('TIME_LIMIT');
    await expect.poll(() => running('over its limit')).toBe(0);
  });

  test('a caller that goes away ends the query in the database, which looks twice a second', async () => {
    const { rows } = await query("SELECT current_setting('client_connection_check_interval')");
    expect(rows).toEqual([['500ms']]);
    const sql = 'SELECT pg_sleep(60) /* caller goes away */';
    await connector.abandon({ connector: 'db', operation: 'query', input: { sql } }, () =>
      expect.poll(() => running('caller goes away')).toBe(1),
    );
    await expect.poll(() => running('caller goes away'), { timeout: 5_000 }).toBe(0);
  });

  test('the limit of the request itself holds, and may not exceed that of the connector', async () => {
    const execution = { connector: 'db', operation: 'query', input: { sql: 'SELECT pg_sleep(60)' } };
    expect((await connector.refusal(connector.execute({ ...execution, timeLimitMs: 200 }))).reason).toBe(
      'CALLER_TIME_LIMIT',
    );
    const zero = await connector.refusal(connector.execute({ ...execution, timeLimitMs: 0 }));
    expect(zero.violations[0]?.field).toBe('time_limit');
  });
});

describe('credentials', () => {
  test('a password that the database refuses is told without it', async () => {
    connector.credential.secrets.set('t1/wrong', {
      value: `${writer}:${PASSWORD}-wrong`,
      allowedOrigins: [endpoint.replace(/\/[^/]*$/, '')],
    });
    await connector.create({
      id: 'wrong',
      type: 'postgresql',
      endpoint,
      credentialRef: 'wrong',
      authType: 'basic',
    });
    const error = await refused('SELECT 1', 'wrong');
    expect(error.reason).toBe('CREDENTIAL_REFUSED');
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(PASSWORD);
  });

  test('a password that a query gives back is replaced', async () => {
    expect((await query(`SELECT '${PASSWORD}' AS p, 'x' AS "${PASSWORD}"`)).rows).toEqual([
      ['[redacted]', 'x'],
    ]);
    const error = await refused(`SELECT '${PASSWORD}'::int`);
    expect(error.publicMessage).toContain('[redacted]');
    expect(error.publicMessage).not.toContain(PASSWORD);
  });

  test('a database that does not exist is told', async () => {
    const other = endpoint.replace(/\/[^/]*$/, '/nowhere');
    await connector.create({
      id: 'nowhere',
      type: 'postgresql',
      endpoint: other,
      credentialRef: 'db',
      authType: 'basic',
    });
    expect((await refused('SELECT 1', 'nowhere')).reason).toBe('DATABASE_NOT_FOUND');
  });

  test('TLS is demanded where the operator has not named the host', async () => {
    await connector.create({
      ...{ id: 'tls', type: 'postgresql', credentialRef: 'db', authType: 'basic' },
      endpoint: `${endpoint}?sslmode=verify-full`,
    });
    expect((await refused('SELECT 1', 'tls')).reason).toBe('TARGET_UNTRUSTED');
  });
});

test('idle connections go away', async () => {
  await query('SELECT 1');
  expect(await connections()).toBeGreaterThan(0);
  await expect.poll(connections, { timeout: 25_000, interval: 500 }).toBe(0);
}, 40_000);

const databasePort = () => Number(new URL(endpoint.replace('postgresql:', 'http:')).port);

async function running(comment: string): Promise<number> {
  const { rows } = await admin.query(
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%' || $1 || '%' AND state = 'active' AND pid <> pg_backend_pid()",
    [comment],
  );
  return rows.length;
}

async function connections(): Promise<number> {
  const { rows } = await admin.query(
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'switchyard-connector' AND usename = $1",
    [writer],
  );
  return rows.length;
}

/** Runs something on a service of its own, whose database is reached through another port. */
async function startedWith(port: number, run: (watched: RunningConnector) => Promise<void>): Promise<void> {
  await using watched = await startRunningConnector({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    prefix: `${servers.nats.prefix}b`,
    allowedHosts: [`127.0.0.1:${port}`],
  });
  const allowedOrigins = [`postgresql://127.0.0.1:${port}`];
  watched.credential.secrets.set('t1/db', { value: `${writer}:${PASSWORD}`, allowedOrigins });
  await watched.create({
    ...{ id: 'counted', type: 'postgresql', credentialRef: 'db', authType: 'basic', limits: { maxRows: 40 } },
    endpoint: endpoint.replace(/:\d+\//, `:${port}/`),
  });
  await run(watched);
}

/** Everything that a write could have changed; roles of other test files come and go meanwhile. */
async function fingerprint(): Promise<unknown> {
  const { rows } = await admin.query(
    `
    SELECT (SELECT md5(string_agg(i::text, ',' ORDER BY id)) FROM items i) AS items,
           (SELECT count(*) FROM log) AS log, (SELECT md5(string_agg(i::text, ',' ORDER BY id)) FROM items_copy i) AS copy,
           (SELECT last_value::text || is_called FROM numbers) AS numbers,
           (SELECT md5(string_agg(oid::text || relname || coalesce(relacl::text, ''), ',' ORDER BY oid)) FROM pg_class WHERE NOT relname LIKE 'pg_toast%') AS classes,
           (SELECT md5(string_agg(oid::text || proname, ',' ORDER BY oid)) FROM pg_proc) AS procs,
           (SELECT md5(string_agg(rolname || rolsuper || rolcreaterole || rolcreatedb, ',' ORDER BY oid)) FROM pg_roles WHERE rolname IN ($1, 'evil')) AS roles,
           (SELECT count(*) FROM pg_largeobject_metadata) AS objects, (SELECT count(*) FROM pg_namespace) AS schemas,
           (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()) AS prepared, (SELECT count(*) FROM pg_description) AS comments,
           (SELECT count(*) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE rolname = $1) AS settings, (SELECT count(*) FROM pg_extension) AS extensions`,
    [writer],
  );
  return rows[0];
}
