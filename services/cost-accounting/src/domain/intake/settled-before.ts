import { nanoUsd } from '@switchyard/kernel';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { NumberedRecord } from './read-usage-batch.ts';

/** A record that tells how a call in a provider's batch ended. */
export interface Settlement {
  readonly record: NumberedRecord;
  readonly entry: LedgerEntry;
}

/** Records that tell the end of calls in providers' batches. */
export function settlementsOf(records: readonly NumberedRecord[]): Settlement[] {
  return records.flatMap((record) => {
    const { verdict } = record;
    if (!verdict.ok || !verdict.value.batch || verdict.value.line === 'reserved') return [];
    return [{ record, entry: verdict.value }];
  });
}

/**
 * Of each call only the first end counts: results are read again by whoever takes over from a replica that died over them. A later one
 * keeps its number, and costs nothing.
 *
 * @param booked ids of attempts whose end is in the ledger
 */
export function countOnce(
  records: readonly NumberedRecord[],
  booked: ReadonlySet<string>,
): readonly NumberedRecord[] {
  const known = new Set(booked);
  const repeated = new Set<NumberedRecord>();
  for (const { record, entry } of settlementsOf(records)) {
    if (known.has(entry.attemptId)) repeated.add(record);
    known.add(entry.attemptId);
  }
  if (repeated.size === 0) return records;
  return records.map((record) => (repeated.has(record) ? withoutUse(record) : record));
}

function withoutUse(record: NumberedRecord): NumberedRecord {
  const { verdict } = record;
  if (!verdict.ok) return record;
  const value: LedgerEntry = {
    ...verdict.value,
    usage: undefined,
    line: 'reserved',
    amountNanoUsd: nanoUsd(0n),
    componentsNanoUsd: {},
    outcome: 'settled_before',
    requestOutcome: undefined,
    leases: [],
    reserved: [],
  };
  return { ...record, verdict: { ok: true, value } };
}
