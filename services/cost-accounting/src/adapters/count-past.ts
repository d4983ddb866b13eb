import { windowAt } from '@switchyard/budget';
import { type Transaction, waitForLocks } from '@switchyard/service-kit';
import type { StatedBudget } from '../domain/budget/budget.ts';
import { runLong } from './long-statement.ts';

/** What a new budget's window has in the ledger. */
export interface CountedWindow {
  readonly startMs: number;
  /** Infinity where it has no end: nothing is counted then. */
  readonly endMs: number;
  readonly spent: bigint;
}

/** The same, and how far each outbox was by then. */
export interface CountedPast extends CountedWindow {
  /** Outboxes, what each had without a gap, and its ranges above the first one. */
  readonly counted: readonly [readonly string[], readonly string[], readonly string[]];
}

/** A line that went back: what is in providers' batches has no duration, and another request followed. */
const WENT_BACK = `line = 'waste' AND duration_us IS NULL AND request_outcome IS NULL`;
// As a record is counted that holds no lease: what is not known to have cost something counts as what was held.
const SPENT = `
  coalesce(sum(CASE $1
    WHEN 'cost' THEN coalesce(amount_nano_usd, hold_nano_usd, 0)
    WHEN 'tokens' THEN CASE WHEN cache = '' THEN coalesce(input_tokens, 0) + coalesce(output_tokens, 0) ELSE 0 END
    ELSE CASE WHEN cache = '' AND attempt_index = 0 AND NOT (${WENT_BACK}) THEN 1 ELSE 0 END END), 0)::bigint AS spent`;
const OF_WINDOW = `
  line IN ('charge', 'waste', 'unresolved', 'overdraft') AND occurred_at >= to_timestamp($2::float8 / 1000) AND occurred_at < to_timestamp($3::float8 / 1000)
  AND occurred_on BETWEEN (to_timestamp($2::float8 / 1000) AT TIME ZONE 'UTC')::date AND (to_timestamp($3::float8 / 1000) AT TIME ZONE 'UTC')::date
  AND $4 IN ('', tenant) AND $5 IN ('', key_id) AND $6 IN ('', provider) AND $7 IN ('', model) AND $8 IN ('', service)
  AND $9 IN ('', agent) AND $10 IN ('', workflow)`;
// One statement, one snapshot: the sum is of exactly the numbers that outboxes have beside it.
const PAST = `
  SELECT past.spent, known.ids, known.committed, known.ahead
  FROM (SELECT ${SPENT} FROM cost_accounting.ledger WHERE ${OF_WINDOW}) AS past, (
    SELECT coalesce(array_agg(outbox_id ORDER BY outbox_id), '{}') AS ids,
      coalesce(array_agg(committed_sequence::text ORDER BY outbox_id), '{}') AS committed,
      coalesce(array_agg(ahead::text ORDER BY outbox_id), '{}') AS ahead
    FROM cost_accounting.outboxes
  ) AS known`;
// OFFSET 0: each outbox that has more is looked up by its numbers, whatever the planner believes.
const SINCE = `
  SELECT ${SPENT}
  FROM cost_accounting.outboxes AS known
  LEFT JOIN unnest($11::text[], $12::bigint[], $13::text[]) AS counted (outbox_id, committed, ahead) USING (outbox_id)
  CROSS JOIN LATERAL (
    SELECT * FROM cost_accounting.ledger AS entry
    WHERE entry.outbox_id = known.outbox_id AND entry.sequence > coalesce(counted.committed, 0)
      AND NOT entry.sequence <@ coalesce(counted.ahead, '{}')::int8multirange AND ${OF_WINDOW}
    OFFSET 0
  ) AS entry
  WHERE (known.committed_sequence, known.ahead::text) IS DISTINCT FROM (counted.committed, counted.ahead)`;
const LOCK_WAIT_MS = 500;

interface PastRow extends Record<string, unknown> {
  readonly spent: string;
  readonly ids: string[];
  readonly committed: string[];
  readonly ahead: string[];
}

/**
 * Sums up what the ledger has of a budget that is to be made. A month of ten million entries takes its time: nobody waits for it, because it is
 * done before budgets are locked, and {@link countSince} adds what came meanwhile.
 */
export async function countPast(
  transaction: Transaction,
  stated: StatedBudget,
  nowMs: number,
): Promise<CountedPast> {
  const { startMs, endMs } = windowAt(stated.rule, nowMs);
  // A total budget begins with nothing.
  if (!Number.isFinite(endMs)) return { startMs, endMs, spent: 0n, counted: [[], [], []] };
  const [row] = await runLong<PastRow>(transaction, {
    text: PAST,
    values: valuesOf(stated, { startMs, endMs }),
  });
  await waitForLocks(transaction, LOCK_WAIT_MS);
  const { spent, ids, committed, ahead } = row as PastRow;
  return { startMs, endMs, spent: BigInt(spent), counted: [ids, committed, ahead] };
}

/** What the present window has, while budgets are locked. One that has begun since the past was counted is counted now: it is short. */
export async function countSince(
  transaction: Transaction,
  stated: StatedBudget,
  { past, nowMs }: { readonly past: CountedPast; readonly nowMs: number },
): Promise<CountedWindow> {
  if (!Number.isFinite(past.endMs)) return past;
  if (nowMs >= past.endMs) return countPast(transaction, stated, nowMs);
  const { rows } = await transaction.query<{ spent: string }>(SINCE, [
    ...valuesOf(stated, past),
    ...past.counted,
  ]);
  const { startMs, endMs, spent } = past;
  return { startMs, endMs, spent: spent + BigInt(rows[0]?.spent ?? 0) };
}

function valuesOf(
  { unit, tenant, scope }: StatedBudget,
  { startMs, endMs }: Pick<CountedPast, 'startMs' | 'endMs'>,
): unknown[] {
  const { keyId, provider, model, service, agent, workflow } = scope;
  return [unit, startMs, endMs, tenant, keyId, provider, model, service, agent, workflow];
}
