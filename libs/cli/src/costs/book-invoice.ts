import {
  BookInvoiceRequest,
  type BookInvoiceResponse,
  type CostServiceClient,
  type InvoiceAdjustment,
  type ReconcileInvoiceRequest,
} from '@switchyard/contracts/cost';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { call } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** Why an invoice is booked; undefined where it is not. @throws UsageError */
export function bookingReason(input: CommandInput): string | undefined {
  const reason = textOption(input, 'reason');
  if (input.options.book !== true) {
    if (reason !== undefined || input.options['dry-run'] === true)
      throw new UsageError('costs reconcile takes --reason and --dry-run only with --book');
    return undefined;
  }
  if (reason === undefined || reason === '')
    throw new UsageError('costs reconcile --book needs --reason TEXT, such as the number of the invoice');
  return reason;
}

/** `switchyard costs reconcile FILE --book --reason TEXT [--dry-run]` */
export async function bookInvoice(
  client: CostServiceClient,
  { settings, output, options }: CommandInput,
  { invoice, reason }: { readonly invoice: ReconcileInvoiceRequest; readonly reason: string },
): Promise<void> {
  const dryRun = options['dry-run'] === true;
  const request = BookInvoiceRequest.fromPartial({ invoice, reason, dryRun });
  const booked = await call(client.bookInvoice.bind(client), request, settings.apiKey);
  if (output.json) output.value(booked);
  else output.text(renderBooking(booked, dryRun));
}

/** What is booked as a table, and its sum. */
export function renderBooking(
  { adjustments, amountNanoUsd, leftAlone }: BookInvoiceResponse,
  isDryRun: boolean,
): string {
  const left =
    leftAlone === 0 ? '' : `${leftAlone} days of models are not in the invoice at all and are left alone.\n`;
  if (adjustments.length === 0) return `There is nothing to book.\n${left}`;
  const table = renderTable<InvoiceAdjustment>(adjustments, [
    { title: 'DAY', cell: ({ day }) => day },
    { title: 'MODEL', cell: ({ model }) => model },
    { title: 'TENANT', cell: ({ tenant }) => tenant },
    { title: 'ADJUSTED BY', align: 'right', cell: (one) => signed(one.amountNanoUsd) },
  ]);
  const what = isDryRun
    ? 'would be booked as lines "adjust" (dry run: nothing was)'
    : 'are booked as lines "adjust"';
  return `${table}${adjustments.length} adjustments of ${signed(amountNanoUsd)} in all ${what}.\n${left}`;
}

const signed = (amount: bigint): string => (amount < 0n ? `-${formatCost(-amount)}` : formatCost(amount));
