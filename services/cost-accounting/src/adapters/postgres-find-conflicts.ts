import type { Transaction } from '@switchyard/service-kit';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import { hexArray, plainArray, textArray } from './postgres-arrays.ts';

// LATERAL … LIMIT 1 makes each look-up a descent of the primary key, whatever the planner believes of a partition that
// was filled a moment ago: as a join it was seen to read 40,000 rows for each of 768, for ten seconds.
/** Only in the partition of the day that the record itself names: a true duplicate is there. */
const SAME_IN_LEDGER = `
  SELECT seen.place
  FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::date[])
    WITH ORDINALITY AS seen (outbox_id, sequence, digest, day, place)
  CROSS JOIN LATERAL (
    SELECT entry.digest FROM cost_accounting.ledger AS entry
    WHERE entry.outbox_id = seen.outbox_id AND entry.sequence = seen.sequence AND entry.occurred_on = seen.day
    LIMIT 1) AS booked
  WHERE booked.digest = seen.digest`;
/** In quarantine and on every day. What is nowhere was removed since with its day: a duplicate too. */
const OTHER_UNDER_SAME_NUMBER = `
  SELECT seen.place
  FROM unnest($1::text[], $2::bigint[], $3::bytea[]) WITH ORDINALITY AS seen (outbox_id, sequence, digest, place)
  CROSS JOIN LATERAL (
    SELECT bool_or(aside.digest = seen.digest) AS has_same FROM cost_accounting.quarantine AS aside
    WHERE aside.outbox_id = seen.outbox_id AND aside.sequence = seen.sequence) AS aside
  LEFT JOIN LATERAL (
    SELECT entry.digest FROM cost_accounting.ledger AS entry
    WHERE entry.outbox_id = seen.outbox_id AND entry.sequence = seen.sequence
    LIMIT 1) AS booked ON true
  WHERE aside.has_same IS NOT TRUE AND (aside.has_same IS FALSE OR booked.digest IS NOT NULL)`;

/** Of records whose numbers are committed: those that are not what was committed. The others are duplicates. */
export async function findConflicts(
  transaction: Transaction,
  seen: readonly NumberedRecord[],
): Promise<NumberedRecord[]> {
  if (seen.length === 0) return [];
  const same = await transaction.query<{ place: string }>(SAME_IN_LEDGER, [
    ...identities(seen),
    plainArray(seen.map(dayOf)),
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
  hexArray(records.map(({ digest }) => digest)),
];

const dayOf = ({ verdict }: NumberedRecord): string | undefined =>
  verdict.ok ? new Date(verdict.value.occurredAtMs).toISOString().slice(0, 10) : undefined;
