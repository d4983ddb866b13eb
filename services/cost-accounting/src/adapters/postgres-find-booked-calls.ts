import type { Transaction } from '@switchyard/service-kit';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import { type BatchedCall, type BookedCalls, batchedCallsOf } from '../domain/intake/settled-before.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { plainArray, textArray } from './postgres-arrays.ts';

/** Two replicas may tell of the same call, each in its own outbox: whoever commits later sees what the other has. */
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.settlements})`;
/** Whoever tells of it, a call has the day of its attempt: one partition, by the index of requests. */
const BOOKED = `
  SELECT told.attempt_id, bool_or(entry.line <> 'reserved') AS ended,
    bool_or(entry.line = 'reserved' AND entry.outcome <> 'settled_before') AS set_aside
  FROM unnest($1::text[], $2::uuid[], $3::date[]) AS told (request_id, attempt_id, day)
  CROSS JOIN LATERAL (
    SELECT line, outcome FROM cost_accounting.ledger AS booked
    WHERE booked.request_id = told.request_id AND booked.attempt_id = told.attempt_id AND booked.occurred_on = told.day
  ) AS entry
  GROUP BY told.attempt_id`;

interface BookedRow extends Record<string, unknown> {
  readonly attempt_id: string;
  readonly ended: boolean;
  readonly set_aside: boolean;
}

/** What the ledger has of the calls in providers' batches that records tell of. */
export async function findBookedCalls(
  transaction: Transaction,
  records: readonly NumberedRecord[],
): Promise<BookedCalls> {
  const told = batchedCallsOf(records);
  if (told.length === 0) return { ended: new Set(), setAside: new Set() };
  await transaction.query(ONE_AT_A_TIME);
  const { rows } = await transaction.query<BookedRow>(BOOKED, [
    textArray(told.map(({ entry }) => entry.requestId)),
    plainArray(told.map(({ entry }) => entry.attemptId)),
    plainArray(told.map(dayOf)),
  ]);
  const idsOf = (is: (row: BookedRow) => boolean) =>
    new Set(rows.filter(is).map(({ attempt_id }) => attempt_id));
  return { ended: idsOf(({ ended }) => ended), setAside: idsOf(({ set_aside }) => set_aside) };
}

const dayOf = ({ entry }: BatchedCall): string => new Date(entry.occurredAtMs).toISOString().slice(0, 10);
