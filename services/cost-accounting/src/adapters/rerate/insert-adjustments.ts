import type { Transaction } from '@switchyard/service-kit';
import type { Adjustment } from '../../domain/price/rerate.ts';
import type { CorrectionRun } from '../../ports.ts';
import { plainArray, textArray } from '../postgres-arrays.ts';

// A line of today: days that are over stay as they were told.
const INSERT = `
  WITH change AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::jsonb[], $11::date[])
      AS one (of_outbox_id, of_sequence, sequence, before_nano_usd, after_nano_usd, prices, of_day)
  ), made AS (
    INSERT INTO cost_accounting.price_adjustments (outbox_id, sequence, of_outbox_id, of_sequence, before_nano_usd, after_nano_usd, reason, key_id)
    SELECT $7, sequence, of_outbox_id, of_sequence, before_nano_usd, after_nano_usd, $8, $9 FROM change
  )
  INSERT INTO cost_accounting.ledger (outbox_id, sequence, occurred_on, occurred_at, digest, tenant, line, debit_account, credit_account,
    amount_nano_usd, components_nano_usd, price_version, prices, request_id, attempt_id, attempt_index, agent, workflow, service, key_id,
    labels, provider, model, requested_model, purpose, outcome, estimated, overhead_us, stream, replica, region, http_status, simulated,
    traceparent, cache)
  SELECT $7, change.sequence, ($10::timestamptz AT TIME ZONE 'UTC')::date, $10::timestamptz,
    sha256(convert_to(concat_ws('/', of_outbox_id, of_sequence, before_nano_usd, after_nano_usd), 'UTF8')), tenant, 'adjust', debit_account,
    credit_account, after_nano_usd - coalesce(before_nano_usd, 0), '{}', price_version, change.prices, request_id, attempt_id, attempt_index,
    agent, workflow, service, key_id, labels, provider, model, requested_model, purpose, outcome, estimated, 0, false, '', region, 0,
    simulated, '', ''
  FROM change JOIN cost_accounting.ledger AS entry
    ON entry.outbox_id = change.of_outbox_id AND entry.sequence = change.of_sequence AND entry.occurred_on = change.of_day`;

/** Keeps adjustments, and books each as a line of the ledger. */
export async function insertAdjustments(
  transaction: Transaction,
  adjustments: readonly Adjustment[],
  { id, reason, keyId, nowMs }: CorrectionRun,
): Promise<void> {
  await transaction.query(INSERT, [
    textArray(adjustments.map(({ of }) => of.outboxId)),
    plainArray(adjustments.map(({ of }) => of.sequence)),
    plainArray(adjustments.map((_, i) => i + 1)),
    plainArray(adjustments.map(({ of }) => of.costNanoUsd)),
    plainArray(adjustments.map(({ afterNanoUsd }) => afterNanoUsd)),
    textArray(adjustments.map(({ prices }) => pricesJson(prices))),
    // Names its lines: they come from no outbox of routing.
    ...[`adjust/${id}`, reason, keyId, new Date(nowMs)],
    plainArray(adjustments.map(({ of }) => of.day)),
  ]);
}

function pricesJson(prices: Adjustment['prices']): string {
  const members = Object.entries(prices).filter(([, price]) => price !== undefined);
  return `{${members.map(([name, price]) => `"${name}":${price}`).join(',')}}`;
}
