import type { UsageRecord } from '@switchyard/contracts/events';
import { type AttemptEnd, bookAttempt } from '../domain/booking.ts';
import type { PipelineContext } from '../ports.ts';
import { type Attempt, endAttemptSpan, estimatedUsage, firstTokenMsOf } from './attempt.ts';
import type { AttemptLog } from './attempt-log.ts';

/** How an attempt ended, as its ending knows it. */
export type AttemptOutcome = Pick<AttemptEnd, 'outcome' | 'delivered' | 'usage' | 'requestOutcome'> & {
  /** Default true. */
  readonly mayHaveWorked?: boolean;
  readonly httpStatus?: number | undefined;
  readonly detail?: string;
};

/** Where an attempt belongs. */
export interface Settlement {
  readonly log: AttemptLog;
  readonly context: Pick<PipelineContext, 'usage' | 'prefixes' | 'events' | 'clock'>;
}

/** Books an attempt that has ended: its hold gives way to what it used. Where that cannot be told, by a failure of our own, with what was held. */
export function settleAttempt(
  attempt: Attempt,
  end: AttemptOutcome,
  { log, context: { usage, prefixes, events, clock } }: Settlement,
): void {
  attempt.settled = true;
  const durationMs = (attempt.endedAtMs ?? clock.monotonicMs()) - attempt.startedAtMs;
  let record: UsageRecord;
  try {
    record = book(attempt, { end, durationMs });
    usage.settle(attempt.id, record);
  } catch (error) {
    usage.settle(attempt.id, attempt.held);
    attempt.budgets.settle(attempt.held.leases);
    throw error;
  }
  attempt.budgets.settle(record.leases);
  attempt.place.settle((record.usage?.inputTokens ?? 0) + (record.usage?.outputTokens ?? 0));
  endAttemptSpan(attempt, record);
  events.attemptEnded(record);
  log.ended(attempt, { record, durationMs, detail: end.detail ?? '' });
  attempt.usage = record.usage;
  const nowMs = attempt.startedAtMs + durationMs;
  prefixes.reported(attempt.needs, attempt.candidate.offering, { usage: record.usage, nowMs });
  attempt.components = record.componentsNanoUsd;
}

/**
 * Gives budgets back what an attempt that has failed held and did not use, before the next one is held: a budget with room for one has
 * room for its fallback. It is booked later, once it is known whether there is one. What is written down gives way first: a process that
 * dies in between must not be charged with both.
 */
export function giveBackUnused(
  attempt: Attempt,
  end: AttemptOutcome,
  { usage, clock }: Settlement['context'],
): void {
  if (attempt.held.leases.length === 0) return;
  const durationMs = (attempt.endedAtMs ?? clock.monotonicMs()) - attempt.startedAtMs;
  try {
    const record = book(attempt, { end, durationMs });
    usage.hold(attempt.id, record);
    attempt.budgets.settle(record.leases);
  } catch {
    // It cannot be told, or not be written: what is held stays held until it is booked.
  }
}

function book(
  attempt: Attempt,
  { end, durationMs }: { readonly end: AttemptOutcome; readonly durationMs: number },
): UsageRecord {
  const firstTokenMs = firstTokenMsOf(attempt);
  const { outcome, delivered, usage, requestOutcome, mayHaveWorked = true } = end;
  const record = bookAttempt({
    held: attempt.held,
    end: {
      outcome,
      delivered,
      usage,
      requestOutcome,
      mayHaveWorked,
      estimate: estimatedUsage(attempt),
      httpStatus: end.httpStatus ?? (outcome === 'ok' ? 200 : undefined),
      durationUs: durationMs * 1000,
      firstTokenUs: firstTokenMs === undefined ? undefined : firstTokenMs * 1000,
    },
    offering: attempt.candidate.offering,
    baseline: attempt.baseline,
  });
  record.leases = attempt.budgets.realUses(record);
  return record;
}
