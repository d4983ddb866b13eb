import { Socket } from 'node:net';
import pg from 'pg';
import type { Credential } from '../domain/credential.ts';
import type { PostgresEndpoint } from '../domain/endpoint.ts';
import { connectorError } from '../errors.ts';
import type { Dial } from './address-guard.ts';
import { wireOf } from './postgres-wire.ts';
import { tlsOptions } from './tls-options.ts';

/** Longest wait for a connection and its log-in, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** One connection to a database, logged in. */
export interface PostgresSession {
  readonly client: pg.Client;
  /** Ends it at once, in whatever state it is. */
  destroy(): void;
  /** Whether it can be used again. */
  readonly isUsable: boolean;
}

export interface SessionOptions {
  readonly endpoint: PostgresEndpoint;
  readonly credential: Credential & { readonly kind: 'basic' };
  readonly dial: Dial;
  readonly isTls: boolean;
  readonly extraCa: string | undefined;
  readonly signal: AbortSignal;
}

/** Roles by which SQL reaches the server's files and programs, past any read-only transaction. Predefined since PostgreSQL 11. */
const POWERFUL = `SELECT EXISTS (
  SELECT FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolreplication)
  UNION ALL
  SELECT FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER') AND (rolsuper OR rolname IN
    ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'))
) AS powerful`;

/** Connects and logs in. @throws what pg throws; ROLE_TOO_POWERFUL */
export async function openPostgresSession(options: SessionOptions): Promise<PostgresSession> {
  const { signal } = options;
  const client = createClient(options);
  let isUsable = true;
  // A connection that breaks while idle is noticed here; without a listener it would end the process.
  client.on('error', () => {
    isUsable = false;
  });
  client.on('end', () => {
    isUsable = false;
  });
  const session: PostgresSession = {
    client,
    destroy: () => {
      isUsable = false;
      wireOf(client).stream.destroy();
    },
    get isUsable() {
      return isUsable;
    },
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', session.destroy, { once: true });
  try {
    await client.connect();
    await refusePower(client);
  } catch (error) {
    session.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', session.destroy);
  }
  return session;
}

function createClient({ endpoint, credential, dial, isTls, extraCa }: SessionOptions): pg.Client {
  return new pg.Client({
    host: endpoint.host,
    port: endpoint.port,
    database: endpoint.database,
    user: credential.user,
    password: credential.password,
    // Said in any case: pg fills what is missing from the environment.
    ssl: isTls ? tlsOptions(endpoint.host, extraCa) : false,
    application_name: 'switchyard-connector',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    stream: () => checkedSocket(dial),
  });
}

/** pg connects the socket that it is given by host and port; this one goes to the judged addresses whatever it is told. */
function checkedSocket(dial: Dial): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: Dial) => Socket;
  socket.connect = (() => connect(dial)) as Socket['connect'];
  return socket;
}

async function refusePower(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ powerful: boolean }>(POWERFUL);
  if (rows[0]?.powerful !== false) throw connectorError('ROLE_TOO_POWERFUL');
}
