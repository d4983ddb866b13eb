import {
  InvoiceFormat,
  type ReconcileInvoiceRequest,
  type ReconcileInvoiceResponse,
} from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { type BookedDay, matchInvoice, type Reconciliation } from '../domain/invoice/match-invoice.ts';
import { type InvoiceLine, readInvoice } from '../domain/invoice/read-invoice.ts';
import { readPeriod } from '../domain/period.ts';
import { invoiceTooLarge } from '../errors.ts';
import type { LedgerQueries, TenantScope } from '../ports.ts';
import { scopeOf } from './tenant-scope.ts';

/** Bytes of an invoice. */
const MAX_BYTES = 16 * 1_024 * 1_024;
/** Days of models that are compared, and differences that are told. */
const MAX_GROUPS = 10_000;
const MAX_MODELS = 1_000;
const DAY_MS = 24 * 3_600_000;
/** One cent: less than that is rounding. */
const DEFAULT_TOLERANCE_NANO_USD = 10_000_000n;

/** Compares a provider's invoice with the ledger. Nothing is changed. */
export function reconcileInvoice(
  queries: LedgerQueries,
  clock: Clock,
): UnaryHandler<ReconcileInvoiceRequest, ReconcileInvoiceResponse> {
  return async (request, { principal }) => {
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
    const booked = await bookedOf(invoice.value, { queries, clock, scope, provider: request.provider });
    const { toleranceNanoUsd = DEFAULT_TOLERANCE_NANO_USD } = request;
    const tolerance = {
      nanoUsd: toleranceNanoUsd,
      partsPerMillion: BigInt(request.tolerancePartsPerMillion),
    };
    const models = new Map(Object.entries(request.models));
    return responseOf(matchInvoice({ lines: invoice.value, booked }, { tolerance, models }));
  };
}

function refuseBounds(request: ReconcileInvoiceRequest): void {
  const { provider, file, models, toleranceNanoUsd = 0n, tolerancePartsPerMillion } = request;
  if (provider === '' || provider.length > 512 || provider.includes('\0'))
    throw invalidArgument({ field: 'provider', description: 'must have 1 to 512 characters' });
  if (file.length > MAX_BYTES)
    throw invalidArgument({ field: 'file', description: `must have at most ${MAX_BYTES} bytes` });
  if (Object.keys(models).length > MAX_MODELS)
    throw invalidArgument({ field: 'models', description: `must be at most ${MAX_MODELS}` });
  if (toleranceNanoUsd < 0n)
    throw invalidArgument({ field: 'tolerance_nano_usd', description: 'must not be negative' });
  if (tolerancePartsPerMillion > 1_000_000)
    throw invalidArgument({ field: 'tolerance_parts_per_million', description: 'must be at most 1,000,000' });
}

interface Asked {
  readonly queries: LedgerQueries;
  readonly clock: Clock;
  readonly scope: TenantScope;
  readonly provider: string;
}

/** What the ledger has from the invoice's first day to its last. */
async function bookedOf(
  lines: readonly InvoiceLine[],
  { queries, clock, scope, provider }: Asked,
): Promise<BookedDay[]> {
  const days = lines.map(({ day }) => day).toSorted();
  const startTime = new Date(`${days[0]}T00:00:00Z`);
  const endTime = new Date(Date.parse(`${days.at(-1)}T00:00:00Z`) + DAY_MS);
  const period = readPeriod({ startTime, endTime }, clock.wallMs());
  if (!period.ok)
    throw invalidArgument({ field: 'file', description: `its dates: ${period.error.description}` });
  const { groups, truncated } = await queries.summarise(scope, {
    period: period.value,
    groupBy: ['day', 'model'],
    filters: { provider },
    label: undefined,
    limit: MAX_GROUPS,
  });
  if (truncated) throw invoiceTooLarge(MAX_GROUPS);
  // Answers from the cache cost nothing, and no provider's invoice has them.
  return groups
    .filter(({ attempts, costNanoUsd }) => attempts > 0n || costNanoUsd !== 0n)
    .map(({ key, costNanoUsd, unpricedAttempts }) => ({
      day: key.day ?? '',
      model: key.model ?? '',
      costNanoUsd,
      unpricedAttempts,
    }));
}

function responseOf({ matched, differences, ...sums }: Reconciliation): ReconcileInvoiceResponse {
  const told = differences
    .slice(0, MAX_GROUPS)
    .map((difference) => ({ ...difference, lines: [...difference.lines] }));
  return { matched, differences: told, truncated: told.length < differences.length, ...sums };
}
