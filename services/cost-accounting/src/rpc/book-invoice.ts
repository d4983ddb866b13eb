import type { BookInvoiceRequest, BookInvoiceResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument, uuidV7 } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { matchInvoice } from '../domain/invoice/match-invoice.ts';
import { planAdjustments, type TenantDay } from '../domain/invoice/plan-adjustments.ts';
import { installationKeyNeeded, invoiceTooLarge } from '../errors.ts';
import type { Audit, InvoiceLedger } from '../ports.ts';
import { askedInvoice } from './asked-invoice.ts';
import { inField } from './in-field.ts';
import { readReason } from './read-reason.ts';

/** Lines that are booked at once. */
const MAX_ADJUSTMENTS = 10_000;
/** Who bears what nobody used, as far as the ledger knows. */
const NOBODY = 'installation';

/** What invoices are booked with. */
export interface InvoiceContext {
  readonly invoices: InvoiceLedger;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Books what an invoice has more or less than the ledger; all of it or nothing. */
export function bookInvoice({
  invoices,
  audit,
  clock,
}: InvoiceContext): UnaryHandler<BookInvoiceRequest, BookInvoiceResponse> {
  return async ({ invoice, reason: text, dryRun }, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('booking an invoice');
    if (invoice === undefined) throw invalidArgument({ field: 'invoice', description: 'is required' });
    const reason = readReason(text);
    const nowMs = clock.wallMs();
    const asked = inField('invoice', () => askedInvoice(invoice, { principal, nowMs }));
    const { lines, question, rules } = asked;
    const otherwise = question.scope.kind === 'tenant' ? question.scope.tenant : NOBODY;
    const plan = (booked: readonly TenantDay[]) => {
      const { differences } = matchInvoice({ lines, booked }, rules);
      const planned = planAdjustments(differences, { booked, otherwise });
      if (planned.adjustments.length > MAX_ADJUSTMENTS) throw invoiceTooLarge(MAX_ADJUSTMENTS);
      return planned;
    };
    const preview = plan(await invoices.read(question));
    if (dryRun || preview.adjustments.length === 0) return responseOf(preview);
    await audit.append({
      tenant: principal.tenant,
      actor: principal.keyId,
      action: 'cost.invoice.book',
      resource: `provider:${question.provider}`,
      details: {
        reason,
        adjustments: String(preview.adjustments.length),
        amount: amountOf(preview).toString(),
      },
    });
    const run = { id: uuidV7(nowMs), reason, keyId: principal.keyId, nowMs };
    return responseOf(await invoices.book(question, plan, run));
  };
}

type Planned = ReturnType<typeof planAdjustments>;

const amountOf = ({ adjustments }: Planned): bigint =>
  adjustments.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0n);

const responseOf = (planned: Planned): BookInvoiceResponse => ({
  adjustments: planned.adjustments.map((one) => ({ ...one })),
  amountNanoUsd: amountOf(planned),
  leftAlone: planned.leftAlone,
});
