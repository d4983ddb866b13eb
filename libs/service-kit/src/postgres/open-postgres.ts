import { ServiceError } from '@switchyard/kernel';
import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';

export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database`; the user is the service's own role, not the owner of its tables. */
  readonly url: string;
  /** Most connections. */
  readonly maxConnections: number;
  /** Longest time of one statement, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Name shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly log: Logger;
}

/** One transaction's connection. */
export type Transaction = Pick<pg.ClientBase, 'query'>;

/** A service's database. Every access is a transaction that says for whom: row-level security shows nothing otherwise. */
export interface Postgres {
  /** Runs in a transaction that sees the rows of one tenant, and the installation's where the policy says so. */
  asTenant<T>(tenant: string, run: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Runs in a transaction that sees all rows: for the service's own work over all tenants. */
  asSystem<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Whether the last attempt to use it worked. */
  readonly isUp: boolean;
  close(): Promise<void>;
}

/** Together below 2 s, so that a caller is told in time whose connection or lock does not come. */
const CONNECT_TIMEOUT_MS = 1_400;
/** Who waits for a lock keeps a connection from everyone else. {@link waitForLocks} waits longer. */
const LOCK_TIMEOUT_MS = 500;

/** Opens a pool. Connects on first use and comes back by itself. */
export function openPostgres(options: PostgresOptions): Postgres {
  const pool = openPool(options);
  let isUp = true;
  // An idle connection that breaks is replaced on the next use.
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle Postgres connection broke'));

  async function transact<T>(scope: Scope, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await connect(pool).catch((error: unknown) => {
      isUp = false;
      throw unavailable(error);
    });
    isUp = true;
    let broken: Error | undefined;
    // The pool listens only while a connection is idle; without this, one that breaks between two statements ends the process.
    const onBreak = (error: Error) => {
      broken = error;
    };
    client.on('error', onBreak);
    try {
      await client.query('BEGIN');
      await client.query(scope.statement, [scope.value]);
      const result = await run(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      if (isConnectionError(error)) {
        broken = error as Error;
        throw unavailable(error);
      }
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      throw error;
    } finally {
      client.off('error', onBreak);
      client.release(broken);
    }
  }

  return {
    asTenant: (tenant, run) => transact({ statement: SET_TENANT, value: tenant }, run),
    asSystem: (run) => transact({ statement: SET_SYSTEM, value: 'on' }, run),
    get isUp() {
      return isUp;
    },
    close: () => pool.end(),
  };
}

/** Lets a transaction wait longer for locks: where others have them as a matter of course, and no caller waits for an answer. */
export const waitForLocks = (transaction: Transaction, ms: number): Promise<unknown> =>
  transaction.query(`SET LOCAL lock_timeout = ${ms}`);

function openPool(options: PostgresOptions): pg.Pool {
  return new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    // pg waits forever without this.
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 1_000,
    keepAlive: true,
  });
}

interface Scope {
  readonly statement: string;
  readonly value: string;
}

/** `set_config(…, true)` is SET LOCAL with a parameter: it ends with the transaction, so a pooled connection cannot carry it on. */
const SET_TENANT = `SELECT set_config('switchyard.tenant', $1, true)`;
const SET_SYSTEM = `SELECT set_config('switchyard.system', $1, true)`;

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  return pool.connect();
}

/** query_canceled, lock_not_available, read_only_sql_transaction. */
const NOT_NOW: ReadonlySet<string> = new Set(['57014', '55P03', '25006']);

/** SQLSTATEs that mean "not now" rather than "not like this": connection, operator intervention, resources, time limit, lock, read-only. */
function isConnectionError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return /terminat|timeout|connection/i.test((error as Error).message ?? '');
  return /^(08|57P|53)/.test(code) || NOT_NOW.has(code) || /^E[A-Z]+$/.test(code);
}

function unavailable(cause: unknown): ServiceError {
  return new ServiceError({
    reason: 'DATABASE_UNAVAILABLE',
    code: 'UNAVAILABLE',
    publicMessage: 'the database cannot be reached now; try again',
    retryable: true,
    retryAfterMs: 1_000,
    cause,
  });
}
