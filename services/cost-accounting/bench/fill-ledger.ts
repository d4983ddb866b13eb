import type { LedgerDatabase } from '../tests/fixture/ledger-database.ts';

/** Entries of one statement: as many as a busy service commits at once, a few times over. */
const BATCH = 10_000;

/** What is filled in. */
export interface Filling {
  readonly entries: number;
  /** Days such as `2026-10-01`, which get equal parts. */
  readonly days: readonly string[];
}

// 100 tenants with 5 agents each; an agent belongs to a workflow, a service and a team, and asks 2 of 6 models at 3 providers. Every tenth
// request is answered from the cache, every fiftieth fails, every hundredth is a probe. In the order of time, as usage comes; every fill is the same.
const STATEMENT = `
  INSERT INTO cost_accounting.ledger (
    outbox_id, sequence, occurred_on, occurred_at, digest, tenant, line, debit_account, credit_account, amount_nano_usd,
    components_nano_usd, hold_nano_usd, price_version, prices, request_id, attempt_id, attempt_index, agent, workflow, service, key_id,
    labels, provider, model, requested_model, purpose, outcome, request_outcome, input_tokens, output_tokens, cache_read_tokens,
    estimated, duration_us, first_token_us, overhead_us, stream, replica, region, http_status, simulated, traceparent, cache, saved_nano_usd)
  SELECT 'outbox-' || (n % 4), n, $1::date, $1::timestamptz + make_interval(secs => (n - $4::bigint) * 86400.0 / $5::bigint),
    sha256(int8send(n)), tenant, line, 'tenant:' || tenant, 'provider:' || provider,
    CASE WHEN cached THEN 0 ELSE input * 150 + output * 600 END,
    jsonb_build_object('input', input * 150, 'output', output * 600), 900000, '0000000001',
    '{"input":150000000,"output":600000000}'::jsonb, 'req-' || n, gen_random_uuid(), 0, 'agent-' || agent, 'workflow-' || agent % 3,
    'service-' || agent % 2, 'key-' || tenant, jsonb_build_object('team', 'team-' || agent % 4), provider, 'model-' || model,
    'auto', CASE WHEN n / 100 % 97 = 7 THEN 'probe' ELSE 'user_request' END, CASE WHEN failed THEN 'server_error' ELSE 'ok' END,
    CASE WHEN failed THEN 'fallback_exhausted' WHEN cached THEN 'cached' ELSE 'complete' END, input, output, input / 4,
    false, 200000 + n % 1000 * 1000, 50000, 80, false, 'replica-1', 'eu-west', 200, false, '', CASE WHEN cached THEN 'hit-l1' ELSE '' END,
    CASE WHEN cached THEN input * 150 + output * 600 END
  FROM (
    SELECT 'tenant-' || lpad((n % 100)::text, 3, '0') AS tenant, made.*, 'provider-' || model % 3 AS provider, 200 + n % 1900 AS input,
      50 + n % 700 AS output, n / 100 % 50 = 0 AS failed, n / 100 % 10 = 3 AS cached,
      CASE WHEN n / 100 % 50 = 0 THEN 'waste' ELSE 'charge' END AS line
    FROM (
      SELECT n, n / 100 % 5 AS agent, (n / 100 % 5 + n / 500 % 2) % 6 AS model FROM generate_series($2::bigint, $3::bigint) AS n
    ) AS made
  ) AS asked`;

/** Fills the ledger's own table, past the bus: its trigger adds up what is booked, as it does for ingest. */
export async function fillLedger(database: LedgerDatabase, { entries, days }: Filling): Promise<void> {
  const each = Math.ceil(entries / days.length);
  for (const [at, day] of days.entries()) {
    await database.rows('SELECT cost_accounting.ensure_ledger_day($1)', [day]);
    const last = Math.min(entries, (at + 1) * each);
    for (let first = at * each + 1; first <= last; first += BATCH)
      await database.rows(STATEMENT, [day, first, Math.min(last, first + BATCH - 1), at * each + 1, each]);
  }
}
