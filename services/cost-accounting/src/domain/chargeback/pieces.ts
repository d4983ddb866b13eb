/** Lines of a statement that are written at once: a few milliseconds of work. */
const LINES_AT_ONCE = 1_000;

/** A list in pieces of at most 1,000, so that whoever works on it can let others have their turn. */
export function* inPieces<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += LINES_AT_ONCE) yield list.slice(at, at + LINES_AT_ONCE);
}
