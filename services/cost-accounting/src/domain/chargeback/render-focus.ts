import { formatUsd } from '@switchyard/kernel';
import { type Cell, csvLine } from './csv.ts';
import { inPieces } from './pieces.ts';
import type { Chargeback, ChargebackLine, SharedCost } from './statement.ts';

/**
 * Columns of FOCUS 1.2 that a chargeback has, in the specification's order of names, then its own. Left out is what needs a price a row: a
 * row sums up tokens of several kinds, each with its own price. Source: FOCUS 1.2, https://focus.finops.org/focus-specification/v1-2/
 */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SkuId',
  'SubAccountId',
  'SubAccountName',
  'x_InputTokens',
  'x_Line',
  'x_OutputTokens',
  'x_UnpricedRequests',
] as const;
type Row = Partial<Record<(typeof FOCUS_COLUMNS)[number], Cell>>;

const ISSUER = 'Switchyard';
const DAY_MS = 24 * 3_600_000;

/** Statements as FOCUS 1.2 CSV, a piece at a time: a row for each day of a line, and for each share of a shared cost. Empty is null. */
export function* renderFocus({ period, statements, unallocated }: Chargeback): Generator<string> {
  const billing = { BillingPeriodStart: time(period.fromMs), BillingPeriodEnd: time(period.toMs) };
  const ofPeriod = {
    ChargePeriodStart: billing.BillingPeriodStart,
    ChargePeriodEnd: billing.BillingPeriodEnd,
  };
  const rows = (list: readonly Row[]) => list.map((row) => lineOf({ ...billing, ...row })).join('');
  yield csvLine(FOCUS_COLUMNS);
  for (const { tenant, lines, shares } of statements) {
    const account = accountOf(tenant);
    for (const piece of inPieces(lines))
      yield rows(piece.filter(isCharge).map((line) => ({ ...account, ...lineRow(line) })));
    yield rows(shares.map((share) => ({ ...account, ...ofPeriod, ...shareRow(share) })));
  }
  yield rows(unallocated.map((cost) => ({ ...accountOf('unallocated'), ...ofPeriod, ...shareRow(cost) })));
}

const lineOf = (row: Row): string => csvLine(FOCUS_COLUMNS.map((name) => row[name]));

/** Answers from the cache are no charge. */
const isCharge = ({ attempts, costNanoUsd }: ChargebackLine): boolean => attempts > 0n || costNanoUsd !== 0n;

const accountOf = (tenant: string): Row => ({ BillingAccountId: tenant, BillingAccountName: tenant });

function lineRow(line: ChargebackLine): Row {
  const { day, provider, model, team, attempts } = line;
  const startMs = Date.parse(`${day}T00:00:00Z`);
  // Adjustments and what was booked without an attempt measure no usage.
  const used = attempts > 0n ? { quantity: attempts, unit: 'Requests' } : undefined;
  return {
    ...costs(line.costNanoUsd),
    ChargeCategory: used === undefined ? 'Adjustment' : 'Usage',
    ChargeDescription: `${line.line}: ${line.purpose} at ${provider || 'no provider'}, ${model || 'no model'}`,
    ChargeFrequency: used === undefined ? 'One-Time' : 'Usage-Based',
    ChargePeriodStart: time(startMs),
    ChargePeriodEnd: time(startMs + DAY_MS),
    ConsumedQuantity: used?.quantity,
    ConsumedUnit: used?.unit,
    PricingCategory: used && 'Standard',
    PricingQuantity: used?.quantity,
    PricingUnit: used?.unit,
    ProviderName: provider || ISSUER,
    PublisherName: provider || ISSUER,
    ServiceName: 'Model inference',
    SkuId: used && `${provider}/${model}`,
    SubAccountId: team || undefined,
    SubAccountName: team || undefined,
    x_Line: line.line,
    x_InputTokens: line.inputTokens,
    x_OutputTokens: line.outputTokens,
    x_UnpricedRequests: line.unpricedAttempts,
  };
}

const shareRow = ({ kind, costNanoUsd }: SharedCost): Row => ({
  ...costs(costNanoUsd),
  ChargeCategory: 'Adjustment',
  ChargeDescription: `share of shared costs: ${kind}`,
  ChargeFrequency: 'One-Time',
  ProviderName: ISSUER,
  PublisherName: ISSUER,
  ServiceName: 'Shared costs',
  x_Line: kind,
});

/** Nothing is discounted or prepaid here: all four costs are one. */
function costs(nanoUsd: bigint): Row {
  const cost = formatUsd(nanoUsd);
  return {
    BilledCost: cost,
    ContractedCost: cost,
    EffectiveCost: cost,
    ListCost: cost,
    BillingCurrency: 'USD',
    InvoiceIssuerName: ISSUER,
    ServiceCategory: 'AI and Machine Learning',
    ServiceSubcategory: 'Generative AI',
  };
}

/** `2026-11-03T00:00:00Z` */
const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
