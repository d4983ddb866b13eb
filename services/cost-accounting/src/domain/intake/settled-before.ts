import { nanoUsd } from '@switchyard/kernel';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { NumberedRecord } from './read-usage-batch.ts';

/** A record of a call in a provider's batch: money was set aside for it, or it has ended. */
export interface BatchedCall {
  readonly record: NumberedRecord;
  readonly entry: LedgerEntry;
}

/** What the ledger has of calls in providers' batches, by id of the attempt. */
export interface BookedCalls {
  /** Their end is booked. */
  readonly ended: ReadonlySet<string>;
  /** What was set aside for them is booked. */
  readonly setAside: ReadonlySet<string>;
}

/** Records of calls in providers' batches. */
export function batchedCallsOf(records: readonly NumberedRecord[]): BatchedCall[] {
  return records.flatMap((record) => {
    const { verdict } = record;
    return verdict.ok && verdict.value.batch ? [{ record, entry: verdict.value }] : [];
  });
}

/**
 * Of each call only the first end counts: results are read again by whoever takes over from a replica that died over them. It takes the
 * place of what was set aside only where that was booked: a replica may have died before it had written that, and then nothing was. What was
 * set aside and comes after the end takes itself back. Whatever the order, budgets count what was used.
 */
export function countOnce(
  records: readonly NumberedRecord[],
  booked: BookedCalls,
): readonly NumberedRecord[] {
  const ended = new Set(booked.ended);
  const setAside = new Set(booked.setAside);
  const changed = new Map<NumberedRecord, LedgerEntry>();
  for (const { record, entry } of batchedCallsOf(records)) {
    const { attemptId } = entry;
    if (ended.has(attemptId)) changed.set(record, withoutUse(entry));
    else if (entry.line === 'reserved') setAside.add(attemptId);
    else {
      ended.add(attemptId);
      if (!setAside.has(attemptId)) changed.set(record, withNothingSetAside(entry));
    }
  }
  if (changed.size === 0) return records;
  return records.map((record) => {
    const value = changed.get(record);
    return value === undefined ? record : { ...record, verdict: { ok: true, value } };
  });
}

/** It keeps its number, and costs nothing. Its replica's leases have it as used, and windows as taken back. */
const withoutUse = (entry: LedgerEntry): LedgerEntry => ({
  ...entry,
  usage: undefined,
  line: 'reserved',
  amountNanoUsd: nanoUsd(0n),
  componentsNanoUsd: {},
  outcome: entry.line === 'reserved' ? entry.outcome : 'settled_before',
  requestOutcome: undefined,
  savedNanoUsd: undefined,
  reserved: entry.leases,
});

const withNothingSetAside = (entry: LedgerEntry): LedgerEntry => ({
  ...entry,
  reserved: entry.reserved.map((use) => ({ ...use, amount: 0n })),
});
