import type { Transaction } from '@switchyard/service-kit';
import type { EntriesQuery, ListedEntry } from '../domain/ledger/entries-query.ts';

// NULL for a filter that is not wanted; the order is an index read backwards.
const STATEMENT = `
  SELECT outbox_id, sequence, occurred_at, line, debit_account, credit_account, amount_nano_usd, request_id, attempt_id,
    provider, model, estimated, cache, saved_nano_usd
  FROM cost_accounting.ledger
  WHERE tenant = $1 AND occurred_at >= $2 AND occurred_at < $3 AND occurred_on BETWEEN $4 AND $5
    AND ($6::text IS NULL OR request_id = $6)
    AND ($7::timestamptz IS NULL OR (occurred_at, outbox_id, sequence) < ($7, $8::text, $9::bigint))
  ORDER BY occurred_at DESC, outbox_id DESC, sequence DESC
  LIMIT $10`;

/** Lists entries, newest first. */
export async function listEntries(
  transaction: Transaction,
  { tenant, query }: { tenant: string; query: EntriesQuery },
): Promise<ListedEntry[]> {
  const from = new Date(query.period.fromMs).toISOString();
  const to = new Date(query.period.toMs).toISOString();
  const { after } = query;
  const { rows } = await transaction.query<EntryRow>(STATEMENT, [
    tenant,
    from,
    to,
    from.slice(0, 10),
    to.slice(0, 10),
    query.requestId,
    after === undefined ? undefined : new Date(after.occurredAtMs).toISOString(),
    after?.outboxId,
    after?.sequence,
    query.limit,
  ]);
  return rows.map(toEntry);
}

interface EntryRow {
  readonly outbox_id: string;
  readonly sequence: string;
  readonly occurred_at: Date;
  readonly line: string;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount_nano_usd: string | null;
  readonly request_id: string;
  readonly attempt_id: string;
  readonly provider: string;
  readonly model: string;
  readonly estimated: boolean;
  readonly cache: string;
  readonly saved_nano_usd: string | null;
}

const toEntry = (row: EntryRow): ListedEntry => ({
  outboxId: row.outbox_id,
  sequence: BigInt(row.sequence),
  occurredAt: row.occurred_at,
  line: row.line,
  debitAccount: row.debit_account,
  creditAccount: row.credit_account,
  amountNanoUsd: row.amount_nano_usd === null ? undefined : BigInt(row.amount_nano_usd),
  requestId: row.request_id,
  attemptId: row.attempt_id,
  provider: row.provider,
  model: row.model,
  estimated: row.estimated,
  cache: row.cache,
  savedNanoUsd: row.saved_nano_usd === null ? undefined : BigInt(row.saved_nano_usd),
});
