import { parseUsd } from '@switchyard/kernel';

// What FOCUS 1.2 requires of the columns that an export of ours has, and which it must have. Sources: the specification,
// https://focus.finops.org/focus-specification/v1-2/, and the requirement model 1.2 of the FinOps Foundation's focus_validator
// (CostAndUsage-D-…, <Column>-C-…, NullHandling, NumericFormat, DateTimeFormat, StringHandling).

/** A row by column; undefined is null. */
export type FocusRow = Readonly<Record<string, string | undefined>>;

/** Columns that every dataset has: CostAndUsage-D-005 to D-068 that are mandatory. */
const MANDATORY = [
  'BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory',
  'ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost',
  'PricingQuantity PricingUnit ProviderName PublisherName ServiceCategory ServiceName',
].flatMap((names) => names.split(' '));

const NOT_NULL = [
  'BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory',
  'ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost',
  'ProviderName PublisherName ServiceCategory ServiceName ServiceSubcategory',
].flatMap((names) => names.split(' '));

const DECIMALS = [
  'BilledCost',
  'ContractedCost',
  'EffectiveCost',
  'ListCost',
  'ConsumedQuantity',
  'PricingQuantity',
];
const TIMES = ['BillingPeriodStart', 'BillingPeriodEnd', 'ChargePeriodStart', 'ChargePeriodEnd'];

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeClass: ['Correction'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  PricingCategory: ['Standard', 'Dynamic', 'Committed', 'Other'],
  BillingCurrency: ['USD'],
  ServiceCategory: [
    'AI and Machine Learning',
    'Analytics',
    'Business Applications',
    'Compute',
    'Databases',
    'Developer Tools',
    'Identity',
    'Integration',
    'Internet of Things',
    'Management and Governance',
    'Media',
    'Migration',
    'Mobile',
    'Multicloud',
    'Networking',
    'Other',
    'Security',
    'Storage',
    'Web',
  ],
  // Those of "AI and Machine Learning".
  ServiceSubcategory: [
    'AI Platforms',
    'Bots',
    'Generative AI',
    'Machine Learning',
    'Natural Language Processing',
    'Other (AI and Machine Learning)',
  ],
};

/** What is wrong with a dataset, in words that name column and row; empty where nothing is. */
export function violationsOf(columns: readonly string[], rows: readonly FocusRow[]): string[] {
  const missing = MANDATORY.filter((name) => !columns.includes(name)).map((name) => `${name} is missing`);
  const named = columns
    .filter(
      (name) =>
        !/^(x_)?[A-Z][A-Za-z0-9]{0,49}$/.test(name) || columns.indexOf(name) !== columns.lastIndexOf(name),
    )
    .map((name) => `${name} is no name of a column, or is there twice`);
  return [
    ...missing,
    ...named,
    ...rows.flatMap((row, i) => violationsOfRow(row).map((what) => `row ${i + 1}: ${what}`)),
  ];
}

function violationsOfRow(row: FocusRow): string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  for (const name of NOT_NULL) must(row[name] !== undefined, `${name} is null`);
  for (const [name, value] of Object.entries(row)) {
    if (value === undefined) continue;
    must(value.trim() !== '' && value !== 'Not Applicable', `${name} is a placeholder for null`);
    if (DECIMALS.includes(name))
      must(/^-?\d+(\.\d+)?(E-?\d+)?$/.test(value), `${name} is no decimal: ${value}`);
    if (TIMES.includes(name))
      must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value), `${name} is no time: ${value}`);
    const allowed = ALLOWED[name];
    if (allowed !== undefined) must(allowed.includes(value), `${name} may not be ${value}`);
  }
  return [...found, ...violationsTogether(row)];
}

/** What columns require of one another. */
function violationsTogether(row: FocusRow): string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  const { ChargeCategory: category, ChargeClass: kind } = row;
  const isUsage = category === 'Usage' && kind !== 'Correction';
  const needsPrice = (category === 'Usage' || category === 'Purchase') && kind !== 'Correction';
  must(category === 'Usage' || row.ConsumedQuantity === undefined, 'ConsumedQuantity is of usage only');
  must(!isUsage || row.ConsumedQuantity !== undefined, 'ConsumedQuantity of usage is null');
  for (const name of ['PricingQuantity', 'PricingCategory', 'SkuId'])
    must(!needsPrice || row[name] !== undefined, `${name} of usage is null`);
  must(
    (row.PricingQuantity === undefined) === (row.PricingUnit === undefined),
    'PricingUnit without PricingQuantity',
  );
  must(
    (row.ConsumedQuantity === undefined) === (row.ConsumedUnit === undefined),
    'ConsumedUnit without ConsumedQuantity',
  );
  must(
    (row.SubAccountId === undefined) === (row.SubAccountName === undefined),
    'SubAccountName without SubAccountId',
  );
  must(!(category === 'Purchase' && row.ChargeFrequency === 'Usage-Based'), 'a purchase is not usage-based');
  must(String(row.ChargePeriodStart) < String(row.ChargePeriodEnd), 'ChargePeriodEnd is exclusive');
  must(String(row.BillingPeriodStart) < String(row.BillingPeriodEnd), 'BillingPeriodEnd is exclusive');
  // Without unit prices the costs of what is no usage match what is billed.
  for (const name of ['ContractedCost', 'EffectiveCost', 'ListCost'])
    must(
      category === 'Usage' || parseUsd(row[name] ?? '') === parseUsd(row.BilledCost ?? ''),
      `${name} does not match BilledCost`,
    );
  return found;
}

/** Reads CSV as RFC 4180 has it; an empty cell is null. */
export function parseFocus(text: string): { columns: string[]; rows: FocusRow[] } {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') lines.push([]);
  }
  const [columns = [], ...cells] = lines.slice(0, -1);
  const rows = cells.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] || undefined])));
  return { columns, rows };
}
