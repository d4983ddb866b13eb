import pg from 'pg';

const PROBE_TIMEOUT_MS = 2_000;

/**
 * Connects and asks for the version.
 * @throws when PostgreSQL doesn't answer, refuses the credentials, or is still recovering
 */
export async function probePostgres(url: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  // A connection that breaks between two calls is told here; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return /^[\d.]+/.exec(rows[0]?.server_version ?? '')?.[0] ?? '0.0';
  } finally {
    await client.end().catch(() => undefined);
  }
}
