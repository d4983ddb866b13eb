import { LineKind, type RatedPrices, type UsageRecord } from '@switchyard/contracts/events';
import type { DecisionOutcome, Usage } from '@switchyard/contracts/routing';
import { type CountedUsage, completeUsage, type Prices, rateUsage } from '@switchyard/llm';

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

/** What is booked for an attempt that has ended. */
export function bookAttempt(held: UsageRecord, end: AttemptEnd, prices: Prices | undefined): UsageRecord {
  const worked = end.usage !== undefined || end.mayHaveWorked;
  const usage = worked ? completeUsage(end.usage, end.estimate) : undefined;
  const { cost, components } = costOf(usage, prices);
  return {
    ...held,
    line: end.delivered ? LineKind.CHARGE : LineKind.WASTE,
    outcome: end.outcome,
    requestOutcome: end.requestOutcome ?? 0,
    usage,
    costNanoUsd: cost,
    componentsNanoUsd: components,
    durationUs: BigInt(Math.round(end.durationUs)),
    firstTokenUs: end.firstTokenUs === undefined ? undefined : BigInt(Math.round(end.firstTokenUs)),
    httpStatus: end.httpStatus ?? 0,
  };
}

/** No use costs nothing, whatever the price; some use at an unknown price has an unknown cost. */
function costOf(usage: Usage | undefined, prices: Prices | undefined) {
  if (usage === undefined) return { cost: 0n, components: {} };
  if (prices === undefined) return { cost: undefined, components: {} };
  const { total, components } = rateUsage(usage, prices);
  return { cost: total, components: components as Record<string, bigint> };
}

/** Prices as the record keeps them. */
export function ratedPrices(prices: Prices, priceVersion: string): RatedPrices {
  return {
    priceVersion,
    input: prices.input,
    output: prices.output,
    cacheRead: prices.cacheRead,
    cacheWrite: prices.cacheWrite,
    cacheWrite1h: prices.cacheWrite1h,
    reasoning: prices.reasoning,
    inputAudio: prices.inputAudio,
    outputAudio: prices.outputAudio,
    request: prices.request,
  };
}
