import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { AdjustmentPlan, InvoiceAdjustment, TenantDay } from '../domain/invoice/plan-adjustments.ts';
import { invoiceTooLarge } from '../errors.ts';
import type { CorrectionRun, InvoiceLedger, InvoiceQuestion } from '../ports.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { insertPlainLines } from './insert-plain-lines.ts';
import { plainArray, textArray } from './postgres-arrays.ts';
import type { LedgerDays } from './postgres-ledger-days.ts';
import { summarise } from './postgres-summarise.ts';

/** Days of models of tenants that are compared. */
const MAX_GROUPS = 50_000;
/** One correction at a time: what another one has booked is seen. */
const LOCK = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.rerating})`;
// Corrections are lines of the day they were made on; here they count on the day of what they correct.
const CORRECTED = `
  SELECT to_char(day, 'YYYY-MM-DD') AS day, model, tenant, sum(amount_nano_usd) AS amount
  FROM (
    SELECT day, model, tenant, amount_nano_usd FROM cost_accounting.invoice_adjustments
    WHERE provider = $1 AND day >= $2::date AND day < $3::date
    UNION ALL
    SELECT entry.occurred_on, entry.model, entry.tenant, made.after_nano_usd - coalesce(made.before_nano_usd, 0)
    FROM cost_accounting.price_adjustments AS made
    JOIN cost_accounting.ledger AS entry ON entry.outbox_id = made.of_outbox_id AND entry.sequence = made.of_sequence
    WHERE entry.provider = $1 AND entry.occurred_on >= $2::date AND entry.occurred_on < $3::date
  ) AS correction
  WHERE $4::text IS NULL OR tenant = $4 GROUP BY 1, 2, 3 LIMIT ${MAX_GROUPS + 1}`;
const KEEP = `
  INSERT INTO cost_accounting.invoice_adjustments (outbox_id, sequence, provider, day, model, tenant, amount_nano_usd, reason, key_id)
  SELECT $1, sequence, $2, day, model, tenant, amount, $3, $4
  FROM unnest($5::bigint[], $6::date[], $7::text[], $8::text[], $9::bigint[]) AS one (sequence, day, model, tenant, amount)`;

/** What invoices are compared with, and what they correct, in Postgres. */
export class PostgresInvoiceLedger implements InvoiceLedger {
  readonly #postgres: Postgres;
  readonly #days: LedgerDays;

  constructor(postgres: Postgres, days: LedgerDays) {
    this.#postgres = postgres;
    this.#days = days;
  }

  read(question: InvoiceQuestion): Promise<readonly TenantDay[]> {
    return this.#postgres.asSystem((transaction) => readBooked(transaction, question));
  }

  async book(
    question: InvoiceQuestion,
    plan: (booked: readonly TenantDay[]) => AdjustmentPlan,
    run: CorrectionRun,
  ): Promise<AdjustmentPlan> {
    await this.#days.ensure([new Date(run.nowMs).toISOString().slice(0, 10)]);
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(LOCK);
      const planned = plan(await readBooked(transaction, question));
      await keep(transaction, planned.adjustments, { ...run, provider: question.provider });
      return planned;
    });
  }
}

async function readBooked(
  transaction: Transaction,
  { scope, provider, period }: InvoiceQuestion,
): Promise<readonly TenantDay[]> {
  const tenant = scope.kind === 'all' ? undefined : scope.tenant;
  const groupBy = ['day', 'model', 'tenant', 'line'] as const;
  const query = { period, groupBy, filters: { provider }, label: undefined, limit: MAX_GROUPS };
  const { groups, truncated } = await summarise(transaction, { query, tenant });
  const bounds = [new Date(period.fromMs).toISOString(), new Date(period.toMs).toISOString()];
  const { rows } = await transaction.query<Record<'day' | 'model' | 'tenant' | 'amount', string>>(CORRECTED, [
    ...[provider, ...bounds.map((time) => time.slice(0, 10)), tenant],
  ]);
  if (truncated || rows.length > MAX_GROUPS) throw invoiceTooLarge(MAX_GROUPS);
  const booked = groups
    // Answers from the cache cost nothing, and no provider's invoice has them.
    .filter(
      ({ key, attempts, costNanoUsd }) => key.line !== 'adjust' && (attempts > 0n || costNanoUsd !== 0n),
    )
    .map(({ key, costNanoUsd, unpricedAttempts }) => ({
      ...{ day: key.day ?? '', model: key.model ?? '', tenant: key.tenant ?? '' },
      ...{ costNanoUsd, unpricedAttempts },
    }));
  const corrected = rows.map(({ amount, ...row }) => ({
    ...{ ...row, costNanoUsd: BigInt(amount), unpricedAttempts: 0n },
  }));
  return summed([...booked, ...corrected]);
}

/** Each tenant once. */
function summed(rows: readonly TenantDay[]): TenantDay[] {
  const sums = new Map<string, TenantDay>();
  for (const row of rows) {
    const key = JSON.stringify([row.day, row.model, row.tenant]);
    const known = sums.get(key);
    sums.set(key, {
      ...row,
      costNanoUsd: row.costNanoUsd + (known?.costNanoUsd ?? 0n),
      unpricedAttempts: row.unpricedAttempts + (known?.unpricedAttempts ?? 0n),
    });
  }
  return [...sums.values()];
}

async function keep(
  transaction: Transaction,
  adjustments: readonly InvoiceAdjustment[],
  { id, reason, keyId, nowMs, provider }: CorrectionRun & { readonly provider: string },
): Promise<void> {
  if (adjustments.length === 0) return;
  const source = `invoice/${id}`;
  const lines = adjustments.map(({ tenant, model, amountNanoUsd }, i) => ({
    ...{ sequence: i + 1, tenant, line: 'adjust' as const, provider, model, amountNanoUsd },
  }));
  const creditAccount = `provider:${provider}`;
  await insertPlainLines(transaction, { source, creditAccount, purpose: 'user_request', nowMs, lines });
  await transaction.query(KEEP, [
    ...[source, provider, reason, keyId],
    plainArray(adjustments.map((_, i) => i + 1)),
    textArray(adjustments.map(({ day }) => day)),
    textArray(adjustments.map(({ model }) => model)),
    textArray(adjustments.map(({ tenant }) => tenant)),
    plainArray(adjustments.map(({ amountNanoUsd }) => amountNanoUsd)),
  ]);
}
