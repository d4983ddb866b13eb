/** Most names that a text lists. */
const MAX_LISTED = 10;

/** Names as a text tells them: the first ten, and how many more there are. */
export function listNames(names: readonly string[] | ReadonlySet<string>): string {
  const count = 'size' in names ? names.size : names.length;
  const listed = names.values().take(MAX_LISTED).toArray().join(', ');
  return count > MAX_LISTED ? `${listed} and ${count - MAX_LISTED} more` : listed;
}
