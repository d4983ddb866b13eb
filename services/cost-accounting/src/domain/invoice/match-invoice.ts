import type { InvoiceLine } from './read-invoice.ts';

/** What the ledger has of a provider's model on a day. */
export interface BookedDay {
  readonly day: string;
  readonly model: string;
  readonly costNanoUsd: bigint;
  /** Attempts whose cost is unknown. */
  readonly unpricedAttempts: bigint;
}

/** How far two amounts may differ and still match: the larger of the two. */
export interface Tolerance {
  readonly nanoUsd: bigint;
  /** Of the invoice's amount, in parts per million. */
  readonly partsPerMillion: bigint;
}

/** How invoice and ledger differ. */
export type DifferenceKind = 'missing_in_ledger' | 'missing_in_invoice' | 'amount_differs';

/** One day of one model on which they do. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly day: string;
  readonly model: string;
  /** Lines of the invoice that are of it. */
  readonly lines: readonly number[];
  readonly invoiceNanoUsd: bigint | undefined;
  readonly ledgerNanoUsd: bigint | undefined;
  readonly unpricedAttempts: bigint;
}

/** How an invoice compares with the ledger. */
export interface Reconciliation {
  /** Days of models that match. */
  readonly matched: number;
  /** By day and model. */
  readonly differences: readonly Difference[];
  readonly invoiceNanoUsd: bigint;
  readonly ledgerNanoUsd: bigint;
}

interface Pair {
  readonly day: string;
  readonly model: string;
  readonly lines: number[];
  invoice: bigint | undefined;
  ledger: bigint | undefined;
  unpriced: bigint;
}

/**
 * Compares an invoice with the ledger, each day of each model.
 *
 * @param models names in the ledger by names in the invoice; others are the same
 */
export function matchInvoice(
  { lines, booked }: { readonly lines: readonly InvoiceLine[]; readonly booked: readonly BookedDay[] },
  { tolerance, models }: { readonly tolerance: Tolerance; readonly models: ReadonlyMap<string, string> },
): Reconciliation {
  const pairs = new Map<string, Pair>();
  const pairOf = (day: string, model: string): Pair => {
    const key = `${day} ${model}`;
    const known = pairs.get(key) ?? {
      day,
      model,
      lines: [],
      invoice: undefined,
      ledger: undefined,
      unpriced: 0n,
    };
    pairs.set(key, known);
    return known;
  };
  for (const { number, day, model, amountNanoUsd } of lines) {
    const pair = pairOf(day, models.get(model) ?? model);
    pair.lines.push(number);
    pair.invoice = (pair.invoice ?? 0n) + amountNanoUsd;
  }
  for (const { day, model, costNanoUsd, unpricedAttempts } of booked) {
    const pair = pairOf(day, model);
    pair.ledger = (pair.ledger ?? 0n) + costNanoUsd;
    pair.unpriced += unpricedAttempts;
  }
  const differences = [...pairs.values()].flatMap((pair) => differenceOf(pair, tolerance));
  return {
    matched: pairs.size - differences.length,
    differences: differences.toSorted((a, b) => (`${a.day} ${a.model}` < `${b.day} ${b.model}` ? -1 : 1)),
    invoiceNanoUsd: lines.reduce((sum, { amountNanoUsd }) => sum + amountNanoUsd, 0n),
    ledgerNanoUsd: booked.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
  };
}

function differenceOf(
  { day, model, lines, invoice, ledger, unpriced }: Pair,
  tolerance: Tolerance,
): Difference[] {
  const off = abs((invoice ?? 0n) - (ledger ?? 0n));
  const relative = (abs(invoice ?? 0n) * tolerance.partsPerMillion) / 1_000_000n;
  if (off <= tolerance.nanoUsd || off <= relative) return [];
  const kind: DifferenceKind =
    ledger === undefined
      ? 'missing_in_ledger'
      : invoice === undefined
        ? 'missing_in_invoice'
        : 'amount_differs';
  return [
    { kind, day, model, lines, invoiceNanoUsd: invoice, ledgerNanoUsd: ledger, unpricedAttempts: unpriced },
  ];
}

const abs = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
