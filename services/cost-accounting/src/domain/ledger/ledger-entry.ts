import type { LeaseKey } from '@switchyard/budget';
import type { RatedPrices } from '@switchyard/contracts/events';
import type { Usage } from '@switchyard/contracts/routing';
import type { NanoUsd } from '@switchyard/kernel';

/** What an entry takes of a lease that it was admitted by, in the budget's unit. */
export interface LeaseUse extends LeaseKey {
  readonly amount: bigint;
}

/**
 * How usage is booked. `overdraft`: an answer that has cost more than was held for it, which is meant to be its upper bound. `reserved`: money
 * was set aside for a call in a provider's batch; it costs nothing by itself.
 */
export type LedgerLine = 'charge' | 'waste' | 'unresolved' | 'overdraft' | 'reserved';

/** One transfer, immutable, with what was used beside it. Everything unknown is `undefined`. */
export interface LedgerEntry {
  readonly occurredAtMs: number;
  readonly tenant: string;
  readonly line: LedgerLine;
  /** Account that pays, for example `tenant:acme`. */
  readonly debitAccount: string;
  /** Account that receives, for example `provider:openai`. */
  readonly creditAccount: string;
  readonly amountNanoUsd: NanoUsd | undefined;
  /** Parts of the amount, by kind. */
  readonly componentsNanoUsd: Readonly<Record<string, bigint>>;
  readonly holdNanoUsd: NanoUsd | undefined;
  /** Version of the price book it was rated with; '' where it had no prices. */
  readonly priceVersion: string;
  /** The prices themselves: a later price book does not change what was charged. */
  readonly prices: RatedPrices | undefined;
  readonly requestId: string;
  readonly attemptId: string;
  readonly attemptIndex: number;
  readonly agent: string;
  readonly workflow: string;
  readonly service: string;
  readonly keyId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly provider: string;
  readonly model: string;
  readonly requestedModel: string;
  /** Such as `user_request`. */
  readonly purpose: string;
  /** `ok` or the class of the error. */
  readonly outcome: string;
  /** Such as `fallback_success`; only on the last attempt of a request. */
  readonly requestOutcome: string | undefined;
  /** What was used; its counts were not copied, which was a tenth of ingest. */
  readonly usage: Usage | undefined;
  /** Absent for an attempt whose end is not known. */
  readonly durationUs: bigint | undefined;
  readonly firstTokenUs: bigint | undefined;
  readonly overheadUs: bigint;
  readonly stream: boolean;
  readonly replica: string;
  readonly region: string;
  readonly httpStatus: number;
  readonly simulated: boolean;
  readonly traceparent: string;
  /** Where an answer from the cache came from, such as `hit-l1`; '' for an attempt. */
  readonly cache: string;
  /** What the call had cost that was not made again. */
  readonly savedNanoUsd: NanoUsd | undefined;
  /** Windows of budgets that count it by a lease. */
  readonly leases: readonly LeaseUse[];
  /** Whether the call was made in a provider's batch: what it used is booked once. */
  readonly batch: boolean;
  /** Windows that had set money aside for it; they count what it took instead. */
  readonly reserved: readonly LeaseUse[];
}
