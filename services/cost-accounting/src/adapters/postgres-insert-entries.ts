import type { Transaction } from '@switchyard/service-kit';
import { LEDGER_COLUMNS, type NumberedEntry } from './ledger-columns.ts';

// ON CONFLICT is the last guard: whoever calls this holds the outbox's row and knows what is committed.
const STATEMENT = `
  INSERT INTO cost_accounting.ledger (${LEDGER_COLUMNS.map(({ name }) => name).join(', ')})
  SELECT * FROM unnest(${LEDGER_COLUMNS.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ')})
  ON CONFLICT DO NOTHING
  RETURNING outbox_id, sequence`;

/** Books entries. @returns those that were not there before, as `[outbox id, sequence]` */
export async function insertEntries(
  transaction: Transaction,
  entries: readonly NumberedEntry[],
): Promise<readonly (readonly [string, number])[]> {
  if (entries.length === 0) return [];
  const { rows } = await transaction.query({
    name: 'insert-entries',
    text: STATEMENT,
    values: LEDGER_COLUMNS.map(({ toArray }) => toArray(entries)),
    rowMode: 'array',
  });
  return (rows as [string, string][]).map(([outboxId, sequence]) => [outboxId, Number(sequence)]);
}
