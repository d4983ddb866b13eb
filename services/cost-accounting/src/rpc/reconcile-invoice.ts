import type { ReconcileInvoiceRequest, ReconcileInvoiceResponse } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { matchInvoice } from '../domain/invoice/match-invoice.ts';
import type { InvoiceLedger } from '../ports.ts';
import { askedInvoice } from './asked-invoice.ts';

/** Differences that are told. */
const MAX_TOLD = 10_000;

/** Compares a provider's invoice with the ledger. Nothing is changed. */
export function reconcileInvoice(
  ledger: InvoiceLedger,
  clock: Clock,
): UnaryHandler<ReconcileInvoiceRequest, ReconcileInvoiceResponse> {
  return async (request, { principal }) => {
    const { lines, question, rules } = askedInvoice(request, { principal, nowMs: clock.wallMs() });
    const booked = await ledger.read(question);
    const { matched, differences, ...sums } = matchInvoice({ lines, booked }, rules);
    const told = differences
      .slice(0, MAX_TOLD)
      .map((difference) => ({ ...difference, lines: [...difference.lines] }));
    return { matched, differences: told, truncated: told.length < differences.length, ...sums };
  };
}
