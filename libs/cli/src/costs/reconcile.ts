import { readFile } from 'node:fs/promises';
import {
  CostServiceClient,
  type InvoiceDifference,
  InvoiceFormat,
  ReconcileInvoiceRequest,
  type ReconcileInvoiceResponse,
} from '@switchyard/contracts/cost';
import { parseUsd } from '@switchyard/kernel';
import { type CommandInput, countOption, listOption, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { bookInvoice, bookingReason } from './book-invoice.ts';

/** Options of `switchyard costs reconcile` beside those of a summary. */
export const RECONCILE_OPTIONS = {
  'date-column': { type: 'string' },
  'model-column': { type: 'string' },
  'amount-column': { type: 'string' },
  'map-model': { type: 'string', multiple: true },
  'tolerance-usd': { type: 'string' },
  'tolerance-ppm': { type: 'string' },
  book: { type: 'boolean' },
} as const;

const BOOKING =
  '`--book --reason TEXT` books what the invoice has more or less as adjustments; with --dry-run it only tells them.';

/** `switchyard costs reconcile FILE` */
export async function reconcile(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const [, path] = input.positionals;
  if (path === undefined) throw new UsageError('costs reconcile needs a file');
  const reason = bookingReason(input);
  const request = invoiceRequest(input, path);
  const file = await readFile(path).catch((error: Error) => {
    throw new Error(`${path} cannot be read: ${error.message}`);
  });
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const invoice = { ...request, file };
    if (reason !== undefined) return await bookInvoice(client, input, { invoice, reason });
    const found = await call(client.reconcileInvoice.bind(client), invoice, settings.apiKey);
    if (output.json) output.value(found);
    else output.text(renderReconciliation(found));
    if (!output.json && found.differences.length > 0) output.line(BOOKING);
  } finally {
    client.close();
  }
}

/** What is asked for by options. @throws UsageError */
export function invoiceRequest(input: CommandInput, path: string): ReconcileInvoiceRequest {
  const text = (name: string) => textOption(input, name) ?? '';
  const provider = text('provider');
  if (provider === '') throw new UsageError('costs reconcile needs --provider, the id of the provider');
  const isJson =
    textOption(input, 'format') === undefined ? path.endsWith('.json') : text('format') === 'json';
  const tolerance = textOption(input, 'tolerance-usd');
  const toleranceNanoUsd = tolerance === undefined ? undefined : parseUsd(tolerance);
  if (tolerance !== undefined && (toleranceNanoUsd === undefined || toleranceNanoUsd < 0n))
    throw new UsageError(`--tolerance-usd must be an amount such as 0.01, not ${tolerance}`);
  return ReconcileInvoiceRequest.fromPartial({
    tenant: text('tenant'),
    allTenants: input.options['all-tenants'] === true,
    provider,
    format: isJson ? InvoiceFormat.JSON : InvoiceFormat.CSV,
    dateColumn: text('date-column'),
    modelColumn: text('model-column'),
    amountColumn: text('amount-column'),
    models: Object.fromEntries(listOption(input, 'map-model').map(readPair)),
    toleranceNanoUsd,
    tolerancePartsPerMillion: countOption(input, 'tolerance-ppm', { max: 1_000_000 }) ?? 0,
  });
}

function readPair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--map-model must be NAME-IN-INVOICE=MODEL, not ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The differences as a table, and both sums. */
export function renderReconciliation({
  matched,
  differences,
  truncated,
  invoiceNanoUsd,
  ledgerNanoUsd,
}: ReconcileInvoiceResponse): string {
  const sums = `${formatCost(invoiceNanoUsd)} invoiced, ${formatCost(ledgerNanoUsd)} in the ledger; ${matched} days of models match`;
  if (differences.length === 0) return `${sums}, and none differs.\n`;
  const table = renderTable<InvoiceDifference>(differences, [
    { title: 'DAY', cell: ({ day }) => day },
    { title: 'MODEL', cell: ({ model }) => model },
    { title: 'DIFFERENCE', cell: ({ kind }) => kind.replaceAll('_', ' ') },
    { title: 'INVOICED', align: 'right', cell: ({ invoiceNanoUsd: nano }) => formatCost(nano) },
    { title: 'IN THE LEDGER', align: 'right', cell: ({ ledgerNanoUsd: nano }) => formatCost(nano) },
    { title: 'UNPRICED', align: 'right', cell: ({ unpricedAttempts }) => String(unpricedAttempts) },
    { title: 'LINES', cell: ({ lines }) => shortened(lines) },
  ]);
  return `${table}${truncated ? '… and more that were left out.\n' : ''}${sums}, ${differences.length} differ.\n`;
}

const shortened = (lines: readonly number[]): string =>
  lines.length > 5 ? `${lines.slice(0, 5).join(', ')} … (${lines.length})` : lines.join(', ');
