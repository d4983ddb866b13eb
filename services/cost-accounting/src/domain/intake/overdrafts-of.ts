import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { NumberedRecord } from './read-usage-batch.ts';

/** Answers that have cost more than was held for them. */
export const overdraftsOf = (records: readonly NumberedRecord[]): LedgerEntry[] =>
  records.flatMap(({ verdict }) => (verdict.ok && verdict.value.line === 'overdraft' ? [verdict.value] : []));
