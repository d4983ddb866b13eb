import { type Transaction, waitForLocks } from '@switchyard/service-kit';

/** Hashing ten million entries takes the better part of a minute. */
const LONG_MS = 600_000;

/** One statement, and its values. */
export interface LongStatement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** Runs a statement that reads a whole day of the ledger, or waits for one that does, for up to ten minutes. @returns its rows */
export async function runLong<Row extends Record<string, unknown>>(
  transaction: Transaction,
  { text, values = [] }: LongStatement,
): Promise<Row[]> {
  await transaction.query(`SET LOCAL statement_timeout = ${LONG_MS}`);
  await waitForLocks(transaction, LONG_MS);
  // pg takes a time limit of one statement; its types do not know it.
  const statement = { text, values: [...values], query_timeout: LONG_MS };
  return (await transaction.query<Row>(statement)).rows;
}
