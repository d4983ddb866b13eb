import type { NumberedRecord } from './read-usage-batch.ts';
import { hasSequence, type SequenceSet, withSequences } from './sequence-set.ts';

/** What is to be done with records, given what is committed. */
export interface Admission {
  /** New: to be written. */
  readonly fresh: readonly NumberedRecord[];
  /** Committed before, or named twice here: duplicates, or conflicts where the digest differs. */
  readonly seen: readonly NumberedRecord[];
  /** What each outbox has when the fresh records are written. */
  readonly after: ReadonlyMap<string, SequenceSet>;
}

/**
 * Tells new records from those that are committed. To be called with `committed` locked: the answer holds until it is
 * written back.
 *
 * @param committed what each outbox named by the records has
 */
export function admitRecords(
  records: readonly NumberedRecord[],
  committed: ReadonlyMap<string, SequenceSet>,
): Admission {
  const fresh: NumberedRecord[] = [];
  const seen: NumberedRecord[] = [];
  const after = new Map<string, SequenceSet>();
  for (const [outboxId, ofOutbox] of Map.groupBy(records, (record) => record.outboxId)) {
    const set = committed.get(outboxId);
    if (set === undefined) throw new TypeError(`outbox ${outboxId} is not locked`);
    const here = new Set<number>();
    for (const record of ofOutbox) {
      if (hasSequence(set, record.sequence) || here.has(record.sequence)) seen.push(record);
      else {
        here.add(record.sequence);
        fresh.push(record);
      }
    }
    after.set(outboxId, withSequences(set, [...here]));
  }
  return { fresh, seen, after };
}
