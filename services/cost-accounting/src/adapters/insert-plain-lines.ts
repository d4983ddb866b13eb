import type { Transaction } from '@switchyard/service-kit';
import { plainArray, textArray } from './postgres-arrays.ts';

/** A line of the ledger without a call behind it. */
export interface PlainLine {
  readonly sequence: number;
  readonly tenant: string;
  readonly line: 'unattributed' | 'adjust';
  readonly provider: string;
  readonly model: string;
  readonly amountNanoUsd: bigint;
}

/** What lines have in common. */
export interface PlainLines {
  /** In place of an outbox of routing: `lost/…`, `invoice/…`. */
  readonly source: string;
  /** Account that receives, such as `provider:openai`. */
  readonly creditAccount: string;
  /** What it was spent for. */
  readonly purpose: 'user_request' | 'unattributed';
  /** Of today: days that are over stay as they were told. */
  readonly nowMs: number;
  readonly lines: readonly PlainLine[];
}

const INSERT = `
  INSERT INTO cost_accounting.ledger (outbox_id, sequence, occurred_on, occurred_at, digest, tenant, line, debit_account, credit_account,
    amount_nano_usd, components_nano_usd, price_version, request_id, attempt_id, attempt_index, agent, workflow, service, key_id, labels,
    provider, model, requested_model, purpose, outcome, estimated, overhead_us, stream, replica, region, http_status, simulated, traceparent,
    cache)
  SELECT $1::text, sequence, ($2::timestamptz AT TIME ZONE 'UTC')::date, $2::timestamptz, sha256(convert_to(concat_ws('/', $1::text, sequence, tenant, amount), 'UTF8')),
    tenant, line, 'tenant:' || tenant, $3::text, amount, '{}', '', $1::text, gen_random_uuid(), 0, '', '', '', '', '{}', provider, model, '',
    $10::text, '', line = 'unattributed', 0, false, '', '', 0, false, '', ''
  FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[]) AS one (sequence, tenant, line, provider, model, amount)`;

/** Books lines that no call is behind. The partition of the day must be there. */
export async function insertPlainLines(
  transaction: Transaction,
  { source, creditAccount, purpose, nowMs, lines }: PlainLines,
): Promise<void> {
  if (lines.length === 0) return;
  await transaction.query(INSERT, [
    ...[source, new Date(nowMs), creditAccount],
    plainArray(lines.map(({ sequence }) => sequence)),
    textArray(lines.map(({ tenant }) => tenant)),
    textArray(lines.map(({ line }) => line)),
    textArray(lines.map(({ provider }) => provider)),
    textArray(lines.map(({ model }) => model)),
    plainArray(lines.map(({ amountNanoUsd }) => amountNanoUsd)),
    purpose,
  ]);
}
