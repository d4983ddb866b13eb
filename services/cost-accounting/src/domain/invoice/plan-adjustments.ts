import { allocate } from '../chargeback/allocate.ts';
import type { BookedDay, Difference } from './match-invoice.ts';

/** What the ledger has of a tenant's use of a provider's model on a day. */
export interface TenantDay extends BookedDay {
  readonly tenant: string;
}

/** What is added to what a tenant's use of a model cost on a day; below 0 where the invoice has less. */
export interface InvoiceAdjustment {
  readonly day: string;
  readonly model: string;
  readonly tenant: string;
  readonly amountNanoUsd: bigint;
}

/** What is to be booked. */
export interface AdjustmentPlan {
  readonly adjustments: readonly InvoiceAdjustment[];
  /** Differences that are not booked: the invoice does not have them at all, as where it is only a part. */
  readonly leftAlone: number;
}

/**
 * What makes the ledger say what an invoice does. A difference is borne by those who used the model on that day, by what it cost each, to the
 * last nano-USD; where nobody did, by `otherwise`.
 */
export function planAdjustments(
  differences: readonly Difference[],
  { booked, otherwise }: { readonly booked: readonly TenantDay[]; readonly otherwise: string },
): AdjustmentPlan {
  const byModel = Map.groupBy(booked, ({ day, model }) => `${day} ${model}`);
  const adjustments = differences.flatMap(({ day, model, invoiceNanoUsd, ledgerNanoUsd = 0n }) => {
    if (invoiceNanoUsd === undefined) return [];
    const users = (byModel.get(`${day} ${model}`) ?? []).toSorted((a, b) => (a.tenant < b.tenant ? -1 : 1));
    const tenants = users.length === 0 ? [otherwise] : users.map(({ tenant }) => tenant);
    const weights =
      users.length === 0 ? [1n] : users.map(({ costNanoUsd }) => (costNanoUsd > 0n ? costNanoUsd : 0n));
    return allocate(invoiceNanoUsd - ledgerNanoUsd, weights).map((amountNanoUsd, i) => ({
      ...{ day, model, tenant: tenants[i] ?? otherwise, amountNanoUsd },
    }));
  });
  return {
    adjustments: adjustments.filter(({ amountNanoUsd }) => amountNanoUsd !== 0n),
    leftAlone: differences.filter(({ invoiceNanoUsd }) => invoiceNanoUsd === undefined).length,
  };
}
