import type { Transaction } from '@switchyard/service-kit';
import type { SequenceSet } from '../domain/intake/sequence-set.ts';
import { textArray } from './postgres-arrays.ts';
import { parseRanges } from './sequence-set-text.ts';

// Always in the order of ids, so that two transactions never wait for each other.
const CREATE = `
  INSERT INTO cost_accounting.outboxes (outbox_id)
  SELECT id FROM unnest($1::text[]) AS id ORDER BY id COLLATE "C"
  ON CONFLICT DO NOTHING`;
const LOCK = `
  SELECT outbox_id, committed_sequence, ahead::text AS ahead
  FROM cost_accounting.outboxes WHERE outbox_id = ANY($1::text[])
  ORDER BY outbox_id COLLATE "C" FOR UPDATE`;

/** Locks outboxes until the transaction ends. @returns what each of them has committed */
export async function lockOutboxes(
  transaction: Transaction,
  outboxIds: readonly string[],
): Promise<Map<string, SequenceSet>> {
  if (outboxIds.length === 0) return new Map();
  const values = [textArray(outboxIds)];
  await transaction.query({ name: 'create-outboxes', text: CREATE, values });
  const { rows } = await transaction.query<{ outbox_id: string; committed_sequence: string; ahead: string }>({
    name: 'lock-outboxes',
    text: LOCK,
    values,
  });
  return new Map(
    rows.map(({ outbox_id, committed_sequence, ahead }) => [
      outbox_id,
      { watermark: Number(committed_sequence), ahead: parseRanges(ahead) },
    ]),
  );
}
