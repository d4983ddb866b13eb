import type { Transaction } from '@switchyard/service-kit';
import { LEDGER_COLUMNS, type NumberedEntry } from './ledger-columns.ts';

const NAMES = LEDGER_COLUMNS.map(({ name }) => name);
const GIVEN = LEDGER_COLUMNS.map(({ rowsOf }, i) => rowsOf(`$${i + 1}`));
const place = (name: string): string => `$${NAMES.indexOf(name) + 1}`;

// ON CONFLICT is the last guard: whoever calls this holds the outbox's row and knows what is committed. Told is only what was there, because
// that is hardly ever anything: reading thousands of numbers back cost the service as much as decoding the records.
const STATEMENT = `
  WITH booked AS (
    INSERT INTO cost_accounting.ledger (${NAMES.join(', ')})
    SELECT ${NAMES.map((name) => (name === 'prices' ? `nullif(prices, 'null')` : name)).join(', ')}
    FROM ROWS FROM (${GIVEN.join(', ')}) AS given (${NAMES.join(', ')})
    ON CONFLICT DO NOTHING
    RETURNING outbox_id, sequence
  )
  SELECT outbox_id, sequence FROM unnest(${place('outbox_id')}::text[], ${place('sequence')}::bigint[]) AS given (outbox_id, sequence)
  EXCEPT SELECT outbox_id, sequence FROM booked`;

/** Books entries. @returns those that were there before, as `[outbox id, sequence]` */
export async function insertEntries(
  transaction: Transaction,
  entries: readonly NumberedEntry[],
): Promise<readonly (readonly [string, number])[]> {
  if (entries.length === 0) return [];
  const { rows } = await transaction.query<{ outbox_id: string; sequence: string }>({
    name: 'insert-entries',
    text: STATEMENT,
    values: LEDGER_COLUMNS.map(({ toValue }) => toValue(entries)),
  });
  return rows.map(({ outbox_id, sequence }) => [outbox_id, Number(sequence)]);
}
