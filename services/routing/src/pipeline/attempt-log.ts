import type { UsageRecord } from '@switchyard/contracts/events';
import type { Attempt as AttemptProto } from '@switchyard/contracts/routing';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { type Attempt, firstTokenMsOf } from './attempt.ts';

/** How an attempt ended, as the log tells it. */
export interface LoggedEnd {
  readonly record: UsageRecord;
  readonly durationMs: number;
  readonly detail: string;
}

/** A candidate that was not called after all, and why. */
export interface Uncalled {
  readonly candidate: RankedCandidate;
  readonly outcome: string;
  readonly detail: string;
  readonly wallMs: number;
}

/** What was tried for one request, in order, and what it cost so far. */
export class AttemptLog {
  readonly attempts: AttemptProto[] = [];
  /** Cost of ended attempts in nano-USD; undefined once one is unknown. */
  costNanoUsd: bigint | undefined = 0n;
  /** Candidates that were passed over while an attempt was under way: listed after it. */
  #passedOver: AttemptProto[] = [];

  /** An attempt has ended and is booked. */
  ended(attempt: Attempt, { record, durationMs, detail }: LoggedEnd): void {
    const { costNanoUsd, outcome } = record;
    this.costNanoUsd =
      this.costNanoUsd === undefined || costNanoUsd === undefined
        ? undefined
        : this.costNanoUsd + costNanoUsd;
    this.attempts.push({
      attemptId: attempt.id,
      provider: record.provider,
      model: record.model,
      startedAt: record.occurredAt,
      durationMs,
      firstTokenMs: firstTokenMsOf(attempt),
      outcome,
      httpStatus: record.httpStatus,
      detail,
      costNanoUsd,
      endpoint: record.endpoint,
      hedge: attempt.isHedge,
      continuation: attempt.isContinuation,
    });
  }

  /** A candidate was not called after all; it is listed by {@link listPassedOver}. */
  passedOver({ candidate: { offering }, outcome, detail, wallMs }: Uncalled): void {
    this.#passedOver.push({
      attemptId: '',
      provider: offering.provider.id,
      model: offering.model,
      startedAt: new Date(wallMs),
      durationMs: 0,
      outcome,
      httpStatus: 0,
      detail,
      endpoint: offering.provider.endpoint?.id ?? '',
      hedge: false,
      continuation: false,
    });
  }

  /** Lists those that were passed over, once the attempt that they came after is listed. */
  listPassedOver(): void {
    if (this.#passedOver.length === 0) return;
    this.attempts.push(...this.#passedOver);
    this.#passedOver = [];
  }
}
