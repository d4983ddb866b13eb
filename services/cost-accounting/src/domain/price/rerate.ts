import type { Usage } from '@switchyard/contracts/routing';
import {
  type ChargedPrices,
  chargedBy,
  type PriceTerm,
  pricesOf,
  rateUsage,
  unitPricesOf,
} from '@switchyard/llm';

/** A call that was charged. */
export interface ChargedCall {
  readonly outboxId: string;
  readonly sequence: number;
  /** UTC day of its entry, as 2026-11-30. */
  readonly day: string;
  readonly usage: Usage;
  /** What it was charged by; empty where nothing was known. */
  readonly prices: ChargedPrices;
  /** What it cost, earlier adjustments included; undefined: it is not known. */
  readonly costNanoUsd: bigint | undefined;
}

/** What should have been charged. */
export type Correction = Pick<PriceTerm, 'discountPpm' | 'prices'>;

/** What is corrected of a call. */
export interface Adjustment {
  readonly of: ChargedCall;
  readonly afterNanoUsd: bigint;
  readonly prices: ChargedPrices;
}

/** What came of looking at a call. */
export type Rerated =
  | { readonly kind: 'right' }
  /** What it used has a count or a price that is not known. */
  | { readonly kind: 'unpriced' }
  | { readonly kind: 'adjust'; readonly adjustment: Adjustment };

/**
 * What a call would have cost. Always by what it was charged by at first, so that a correction that is made again, or in place of another
 * one, does not add up.
 */
export function rerate(call: ChargedCall, correction: Correction): Rerated {
  const listed = { prices: pricesOf(call.prices), tiers: [], unitPrices: unitPricesOf(call.prices) };
  const charged = chargedBy(listed, [{ ...ANYBODY, ...correction }]);
  const prices = { ...charged.prices, ...charged.unitPrices };
  const { total } = rateUsage(call.usage, prices);
  if (total === undefined) return { kind: 'unpriced' };
  if (total === call.costNanoUsd) return { kind: 'right' };
  return { kind: 'adjust', adjustment: { of: call, afterNanoUsd: total, prices } };
}

/** As if it had been agreed on with the tenant: what is stated is final. */
const ANYBODY: PriceTerm = {
  ...{ id: '', tenant: '*', provider: '', model: '', fromMs: 0, untilMs: Number.POSITIVE_INFINITY },
  ...{ windows: [], timeZone: 'UTC', discountPpm: 0, prices: {} },
};
