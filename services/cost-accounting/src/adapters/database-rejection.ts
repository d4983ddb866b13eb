/** What pg throws for an answer of the server. */
interface DatabaseError {
  readonly code?: unknown;
  readonly constraint?: unknown;
}

/**
 * Whether the database refused a statement for the data in it, so that the same data will be refused again. Classes 22
 * (data), 23 (integrity), 54 (a limit of the program, such as an index row). Everything else (connection, rights, disk,
 * deadlock) is no fault of a record and never sets one aside.
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isRejectedData(error: unknown): boolean {
  const { code } = error as DatabaseError;
  return typeof code === 'string' && /^(22|23|54)/.test(code) && !isMissingPartition(error);
}

/** "no partition of relation … found for row" comes as a check violation that names no constraint. */
export function isMissingPartition(error: unknown): boolean {
  const { code, constraint } = error as DatabaseError;
  return code === '23514' && constraint === undefined;
}
