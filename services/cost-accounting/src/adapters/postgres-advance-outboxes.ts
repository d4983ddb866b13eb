import type { Transaction } from '@switchyard/service-kit';
import type { SequenceSet } from '../domain/intake/sequence-set.ts';
import { plainArray, textArray } from './postgres-arrays.ts';
import { formatRanges } from './sequence-set-text.ts';

const STATEMENT = `
  UPDATE cost_accounting.outboxes AS known
  SET committed_sequence = new.watermark, ahead = new.ahead::int8multirange, entries = known.entries + new.entries,
    updated_at = now()
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) AS new (outbox_id, watermark, ahead, entries)
  WHERE known.outbox_id = new.outbox_id`;

/** How far an outbox is after a transaction. */
export interface OutboxAdvance {
  readonly outboxId: string;
  readonly committed: SequenceSet;
  /** Entries that the transaction added. */
  readonly newEntries: number;
}

/** Writes how far outboxes are. They must be locked. */
export async function advanceOutboxes(
  transaction: Transaction,
  advances: readonly OutboxAdvance[],
): Promise<void> {
  if (advances.length === 0) return;
  await transaction.query({
    name: 'advance-outboxes',
    text: STATEMENT,
    values: [
      textArray(advances.map(({ outboxId }) => outboxId)),
      plainArray(advances.map(({ committed }) => committed.watermark)),
      textArray(advances.map(({ committed }) => formatRanges(committed))),
      plainArray(advances.map(({ newEntries }) => newEntries)),
    ],
  });
}
