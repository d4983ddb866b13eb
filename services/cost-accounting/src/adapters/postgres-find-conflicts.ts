import type { Transaction } from '@switchyard/service-kit';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import { bytesArray, plainArray, textArray } from './postgres-arrays.ts';

// Only the days that the records themselves name: a true duplicate is there, and no other partition is looked at.
const SAME_IN_LEDGER = `
  SELECT seen.place
  FROM unnest($1::text[], $2::bigint[], $3::bytea[]) WITH ORDINALITY AS seen (outbox_id, sequence, digest, place)
  JOIN cost_accounting.ledger USING (outbox_id, sequence, digest)
  WHERE occurred_on = ANY($4::date[])`;
// What is found nowhere was committed and has been removed since, with its day: a duplicate too.
const OTHER_UNDER_SAME_NUMBER = `
  SELECT seen.place
  FROM unnest($1::text[], $2::bigint[], $3::bytea[]) WITH ORDINALITY AS seen (outbox_id, sequence, digest, place)
  WHERE NOT EXISTS (
      SELECT FROM cost_accounting.quarantine AS q
      WHERE q.outbox_id = seen.outbox_id AND q.sequence = seen.sequence AND q.digest = seen.digest)
    AND (
      EXISTS (
        SELECT FROM cost_accounting.quarantine AS q WHERE q.outbox_id = seen.outbox_id AND q.sequence = seen.sequence)
      OR EXISTS (
        SELECT FROM cost_accounting.ledger AS l WHERE l.outbox_id = seen.outbox_id AND l.sequence = seen.sequence))`;

/** Of records whose numbers are committed: those that are not what was committed. The others are duplicates. */
export async function findConflicts(
  transaction: Transaction,
  seen: readonly NumberedRecord[],
): Promise<NumberedRecord[]> {
  if (seen.length === 0) return [];
  const days = new Set<string>();
  for (const { verdict } of seen) {
    if (verdict.ok) days.add(new Date(verdict.value.occurredAtMs).toISOString().slice(0, 10));
  }
  const same = await transaction.query<{ place: string }>(SAME_IN_LEDGER, [
    ...identities(seen),
    plainArray([...days]),
  ]);
  const known = new Set(same.rows.map(({ place }) => Number(place) - 1));
  const doubtful = seen.filter((_, place) => !known.has(place));
  if (doubtful.length === 0) return [];
  const others = await transaction.query<{ place: string }>(OTHER_UNDER_SAME_NUMBER, identities(doubtful));
  return others.rows.map(({ place }) => doubtful[Number(place) - 1] as NumberedRecord);
}

const identities = (records: readonly NumberedRecord[]): string[] => [
  textArray(records.map(({ outboxId }) => outboxId)),
  plainArray(records.map(({ sequence }) => sequence)),
  bytesArray(records.map(({ digest }) => digest)),
];
