import type { RunningFleet } from '@switchyard/deploy';
import pg from 'pg';

/** One row of the ledger, as far as tests compare it. */
export interface LedgerRow {
  readonly attempt_id: string;
  readonly request_id: string;
  readonly line: 'charge' | 'waste' | 'unresolved' | 'overdraft' | 'reserved';
  readonly provider: string;
  readonly purpose: string;
  readonly outcome: string;
  /** Nano-USD as text; null where unknown. */
  readonly amount_nano_usd: string | null;
  /** What had been held, as text; null where it had no bound. */
  readonly hold_nano_usd: string | null;
  readonly input_tokens: string | null;
  readonly cache_read_tokens: string | null;
  readonly cache_write_tokens: string | null;
  readonly cache_write_1h_tokens: string | null;
  readonly output_tokens: string | null;
  readonly reasoning_tokens: string | null;
  /** Whether Switchyard counted what the provider did not report. */
  readonly estimated: boolean;
}

/** Reads the database with all rights, past the services. */
export async function queryFleet<T extends pg.QueryResultRow>(
  fleet: RunningFleet,
  sql: string,
): Promise<T[]> {
  const client = new pg.Client({ connectionString: fleet.servers.postgres.url });
  // Where Postgres is killed the query says so; between queries there is nothing to say.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The ledger, probes included. */
export const allLedgerRows = (fleet: RunningFleet): Promise<LedgerRow[]> =>
  queryFleet(
    fleet,
    `SELECT attempt_id, request_id, line, provider, purpose, outcome, amount_nano_usd, hold_nano_usd, input_tokens, cache_read_tokens,
            cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, estimated
     FROM cost_accounting.ledger`,
  );

/** The ledger without probes. */
export const ledgerRows = async (fleet: RunningFleet): Promise<LedgerRow[]> =>
  (await allLedgerRows(fleet)).filter(({ purpose }) => purpose !== 'probe');

/** Waits until the ledger holds so many rows, or for so long. @returns the rows */
export async function ledgerWith(
  fleet: RunningFleet,
  { rows, withinMs }: { readonly rows: number; readonly withinMs: number },
  read = ledgerRows,
): Promise<LedgerRow[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await read(fleet);
    if (found.length >= rows || performance.now() >= until) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
