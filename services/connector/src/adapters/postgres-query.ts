import type { QueryInput } from '../domain/postgresql/query-input.ts';
import type { RowCollector } from '../domain/postgresql/row-collector.ts';
import { PORTAL, PortalReader } from './postgres-portal-reader.ts';
import type { PostgresSession } from './postgres-session.ts';
import { submit, wireOf } from './postgres-wire.ts';

export interface PostgresQuery {
  readonly input: QueryInput;
  readonly collector: RowCollector;
  readonly maxBytes: number;
  readonly timeLeftMs: number;
  readonly signal: AbortSignal;
}

/** What the wire may carry above the cap before the connection is cut: framing, and the rest of a batch. */
const wireAllowance = (maxBytes: number): number => 4 * maxBytes + 1_048_576;
/** The server's own limit is the later one: it only matters when this process is gone or stuck. */
const SERVER_GRACE_MS = 1_000;

/**
 * Runs one statement in a read-only transaction that is always rolled back, and leaves the session as new.
 *
 * Read-only holds in three ways, because each alone has holes: the operator's role, the transaction (which `COMMIT; …`
 * would leave, were it not for the extended protocol's one statement), and the session's default for every other one.
 */
export async function runQuery(session: PostgresSession, query: PostgresQuery): Promise<void> {
  const { signal, collector } = query;
  signal.throwIfAborted();
  signal.addEventListener('abort', session.destroy, { once: true });
  try {
    await session.client.query(preamble(query.timeLeftMs + SERVER_GRACE_MS));
    const end = await readPortal(session, query);
    if (end === 'cut off') return;
    if (end.suspended && !collector.truncated && (await hasMore(session))) collector.cut();
    await session.client.query('ROLLBACK');
    await session.client.query('DISCARD ALL');
  } finally {
    signal.removeEventListener('abort', session.destroy);
  }
}

/**
 * Our own text and one whole number. The query after `BEGIN` fixes the transaction's snapshot, after which nothing can make
 * it writable; it also has a server that is new enough (14) notice a caller that has gone.
 */
function preamble(statementTimeoutMs: number): string {
  const timeoutMs = Math.ceil(statementTimeoutMs);
  return `SET default_transaction_read_only = on; BEGIN TRANSACTION READ ONLY;
    SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs + 5_000};
    SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'iso_8601';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8';
    SELECT set_config(name, '500', true) FROM pg_settings WHERE name = 'client_connection_check_interval'`;
}

/** Reads until the collector has enough. A server that sends far more than was wanted is cut off, and what fitted stays. */
function readPortal(
  session: PostgresSession,
  { input, collector, maxBytes }: PostgresQuery,
): Promise<{ readonly suspended: boolean } | 'cut off'> {
  const reader = new PortalReader(input, collector);
  const { stream } = wireOf(session.client);
  const cutOff = Promise.withResolvers<'cut off'>();
  let room = wireAllowance(maxBytes);
  const count = (chunk: Buffer) => {
    room -= chunk.length;
    if (room >= 0) return;
    collector.cut();
    cutOff.resolve('cut off');
    session.destroy();
  };
  stream.on('data', count);
  submit(session.client, reader);
  return Promise.race([cutOff.promise, reader.end]).finally(() => stream.off('data', count));
}

/** Whether the portal has a row that was not read. MOVE passes over it on the server: it is not sent. */
async function hasMore({ client }: PostgresSession): Promise<boolean> {
  const { rowCount } = await client.query(`MOVE FORWARD 1 IN ${PORTAL}`);
  return (rowCount ?? 0) > 0;
}
