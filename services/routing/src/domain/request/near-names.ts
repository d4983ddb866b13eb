/** Most names that are suggested. */
const MAX_SUGGESTED = 3;
/** Longest name that is compared: the work grows with the product of the lengths. */
const MAX_LENGTH = 128;
/** Beyond so many changes a name is another one, however long. */
const MAX_EDITS = 6;

/**
 * Names that may have been meant: at most three within a third of the name's length in edits, the nearest first.
 *
 * @param names at most a few thousand
 */
export function nearNames(name: string, names: Iterable<string>): string[] {
  if (name.length > MAX_LENGTH) return [];
  const wanted = name.toLowerCase();
  const maxEdits = Math.max(2, Math.min(MAX_EDITS, Math.floor(name.length / 3)));
  const found: { readonly name: string; readonly edits: number }[] = [];
  for (const candidate of new Set(names)) {
    const edits = editsBetween(wanted, candidate.toLowerCase(), maxEdits);
    if (edits !== undefined) found.push({ name: candidate, edits });
  }
  found.sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return found.slice(0, MAX_SUGGESTED).map((one) => one.name);
}

/** Levenshtein distance by Wagner and Fischer, one row at a time; undefined above `maxEdits`. */
function editsBetween(a: string, b: string, maxEdits: number): number | undefined {
  if (Math.abs(a.length - b.length) > maxEdits) return undefined;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const edits = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      next.push(edits);
      if (edits < least) least = edits;
    }
    if (least > maxEdits) return undefined;
    row = next;
  }
  const edits = row[b.length] as number;
  return edits > maxEdits ? undefined : edits;
}
