import type { Transaction } from '@switchyard/service-kit';
import type { NumberedRecord } from '../domain/intake/read-usage-batch.ts';
import { type Settlement, settlementsOf } from '../domain/intake/settled-before.ts';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { plainArray, textArray } from './postgres-arrays.ts';

/** Two replicas may tell the end of the same call, each in its own outbox: whoever commits later sees what the other has. */
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.settlements})`;
/** Whoever tells it, an end has the day of its attempt: one partition, by the index of requests. */
const SETTLED = `
  SELECT told.attempt_id
  FROM unnest($1::text[], $2::uuid[], $3::date[]) AS told (request_id, attempt_id, day)
  CROSS JOIN LATERAL (
    SELECT FROM cost_accounting.ledger AS entry
    WHERE entry.request_id = told.request_id AND entry.attempt_id = told.attempt_id AND entry.occurred_on = told.day
      AND entry.line <> 'reserved'
    LIMIT 1) AS booked`;

/** Attempts in providers' batches whose end is in the ledger, of those that records tell of. */
export async function findSettled(
  transaction: Transaction,
  records: readonly NumberedRecord[],
): Promise<ReadonlySet<string>> {
  const told = settlementsOf(records);
  if (told.length === 0) return new Set();
  await transaction.query(ONE_AT_A_TIME);
  const { rows } = await transaction.query<{ attempt_id: string }>(SETTLED, [
    textArray(told.map(({ entry }) => entry.requestId)),
    plainArray(told.map(({ entry }) => entry.attemptId)),
    plainArray(told.map(dayOf)),
  ]);
  return new Set(rows.map(({ attempt_id }) => attempt_id));
}

const dayOf = ({ entry }: Settlement): string => new Date(entry.occurredAtMs).toISOString().slice(0, 10);
