import { InvoiceFormat, type ReconcileInvoiceRequest } from '@switchyard/contracts/cost';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import type { Tolerance } from '../domain/invoice/match-invoice.ts';
import { type InvoiceLine, readInvoice } from '../domain/invoice/read-invoice.ts';
import { readPeriod } from '../domain/period.ts';
import type { InvoiceQuestion } from '../ports.ts';
import { scopeOf } from './tenant-scope.ts';

/** Bytes of an invoice. */
const MAX_BYTES = 16 * 1_024 * 1_024;
const MAX_MODELS = 1_000;
const DAY_MS = 24 * 3_600_000;
/** One cent: less than that is rounding. */
const DEFAULT_TOLERANCE_NANO_USD = 10_000_000n;

/** An invoice, and what of the ledger it is compared with. */
export interface AskedInvoice {
  readonly lines: readonly InvoiceLine[];
  readonly question: InvoiceQuestion;
  readonly rules: { readonly tolerance: Tolerance; readonly models: ReadonlyMap<string, string> };
}

/** Reads an invoice whole. @throws INVALID_ARGUMENT with each line and column that cannot be read */
export function askedInvoice(
  request: ReconcileInvoiceRequest,
  { principal, nowMs }: { readonly principal: Principal; readonly nowMs: number },
): AskedInvoice {
  const scope = scopeOf(request, { principal, what: 'an invoice of all tenants' });
  refuseBounds(request);
  const columns = {
    date: request.dateColumn || 'date',
    model: request.modelColumn || 'model',
    amount: request.amountColumn || 'amount_usd',
  };
  const format = request.format === InvoiceFormat.JSON ? 'json' : 'csv';
  const invoice = readInvoice({ text: new TextDecoder().decode(request.file), format, columns });
  if (!invoice.ok) throw invalidArgument(...invoice.error);
  const lines = invoice.value;
  const { provider, toleranceNanoUsd = DEFAULT_TOLERANCE_NANO_USD } = request;
  const partsPerMillion = BigInt(request.tolerancePartsPerMillion);
  return {
    lines,
    question: { scope, provider, period: periodOf(lines, nowMs) },
    rules: {
      tolerance: { nanoUsd: toleranceNanoUsd, partsPerMillion },
      models: new Map(Object.entries(request.models)),
    },
  };
}

/** From the invoice's first day to its last. */
function periodOf(lines: readonly InvoiceLine[], nowMs: number): InvoiceQuestion['period'] {
  const days = lines.map(({ day }) => day).toSorted();
  const startTime = new Date(`${days[0]}T00:00:00Z`);
  const endTime = new Date(Date.parse(`${days.at(-1)}T00:00:00Z`) + DAY_MS);
  const period = readPeriod({ startTime, endTime }, nowMs);
  if (!period.ok)
    throw invalidArgument({ field: 'file', description: `its dates: ${period.error.description}` });
  return period.value;
}

function refuseBounds(request: ReconcileInvoiceRequest): void {
  const { provider, file, models, toleranceNanoUsd = 0n, tolerancePartsPerMillion } = request;
  const wrong = (field: string, isRight: boolean, description: string): FieldViolation[] =>
    isRight ? [] : [{ field, description }];
  const isName = provider !== '' && provider.length <= 512 && !provider.includes('\0');
  const [first, ...more] = [
    ...wrong('provider', isName, 'must have 1 to 512 characters'),
    ...wrong('file', file.length <= MAX_BYTES, `must have at most ${MAX_BYTES} bytes`),
    ...wrong('models', Object.keys(models).length <= MAX_MODELS, `must be at most ${MAX_MODELS}`),
    ...wrong('tolerance_nano_usd', toleranceNanoUsd >= 0n, 'must not be negative'),
    ...wrong(
      'tolerance_parts_per_million',
      tolerancePartsPerMillion <= 1_000_000,
      'must be at most 1,000,000',
    ),
  ];
  if (first !== undefined) throw invalidArgument(first, ...more);
}
