import { LineKind, type RatedPrices, type UsageRecord } from '@switchyard/contracts/events';
import type { DecisionOutcome, Usage } from '@switchyard/contracts/routing';
import {
  type ChargedPrices,
  type CountedUsage,
  completeUsage,
  pricesOf,
  rateUsage,
  unitPricesOf,
} from '@switchyard/llm';
import { type PricedOffering, pricesFor } from './request/prices-for.ts';

/** How an attempt ended, as far as money is concerned. */
export interface AttemptEnd {
  /** "ok" or the class of the error. */
  readonly outcome: string;
  /** Whether the answer, or a part of it, went to the caller. */
  readonly delivered: boolean;
  /** What the provider reported; undefined where it reported nothing. */
  readonly usage: Usage | undefined;
  /** Whether the provider may have worked without reporting it. */
  readonly mayHaveWorked: boolean;
  /** What it will have used if it worked. */
  readonly estimate: CountedUsage;
  readonly httpStatus: number | undefined;
  readonly durationUs: number;
  readonly firstTokenUs: number | undefined;
  /** What came of the whole request; undefined where another attempt follows. */
  readonly requestOutcome: DecisionOutcome | undefined;
}

/** What an attempt is booked by. */
export interface Booking {
  readonly held: UsageRecord;
  readonly end: AttemptEnd;
  readonly offering: PricedOffering;
  /** What savings are told against; undefined: nothing, or the offering itself. */
  readonly baseline?: PricedOffering | undefined;
}

/** What is booked for an attempt that has ended: at the prices of the tier that its input reached. */
export function bookAttempt({ held, end, offering, baseline }: Booking): UsageRecord {
  const worked = end.usage !== undefined || end.mayHaveWorked;
  const usage = worked
    ? completeUsage({ reported: end.usage, ended: end.outcome === 'ok' }, end.estimate)
    : undefined;
  const prices = pricesFor(offering, usage?.inputTokens ?? end.estimate.inputTokens);
  const { cost, components } = costOf(usage, prices);
  return {
    ...held,
    line: end.delivered ? LineKind.CHARGE : LineKind.WASTE,
    outcome: end.outcome,
    requestOutcome: end.requestOutcome ?? 0,
    usage,
    prices: prices && ratedPrices(prices, held.prices?.priceVersion ?? ''),
    costNanoUsd: cost,
    componentsNanoUsd: components,
    savedNanoUsd: end.delivered ? savedAgainst(baseline, { usage, cost }) : undefined,
    durationUs: BigInt(Math.round(end.durationUs)),
    firstTokenUs: end.firstTokenUs === undefined ? undefined : BigInt(Math.round(end.firstTokenUs)),
    httpStatus: end.httpStatus ?? 0,
  };
}

/** No use costs nothing, whatever the price; some use at an unknown price has an unknown cost. */
function costOf(usage: Usage | undefined, prices: ChargedPrices | undefined) {
  if (usage === undefined) return { cost: 0n, components: {} };
  if (prices === undefined) return { cost: undefined, components: {} };
  const { total, components } = rateUsage(usage, prices);
  return { cost: total, components: components as Record<string, bigint> };
}

/** What the same usage would have cost more at a baseline; undefined where that is not known, or not more. */
function savedAgainst(
  baseline: PricedOffering | undefined,
  { usage, cost }: { readonly usage: Usage | undefined; readonly cost: bigint | undefined },
): bigint | undefined {
  if (baseline === undefined || usage === undefined || cost === undefined) return undefined;
  const there = costOf(usage, pricesFor(baseline, usage.inputTokens ?? 0)).cost;
  return there !== undefined && there > cost ? there - cost : undefined;
}

/** Prices as the record keeps them: the same for the same, since they are in two records of every attempt. */
export function ratedPrices(prices: ChargedPrices, priceVersion: string): RatedPrices {
  const known = RATED.get(prices);
  if (known?.priceVersion === priceVersion) return known;
  const rated = { priceVersion, ...pricesOf(prices), ...unitPricesOf(prices) };
  RATED.set(prices, rated);
  return rated;
}

/** By the prices of a snapshot, which never change. */
const RATED = new WeakMap<ChargedPrices, RatedPrices>();
