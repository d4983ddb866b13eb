import { alikeNames, type NameSource } from './alike-names.ts';
import { editsBetween } from './edits-between.ts';

/** Most names that are suggested. */
const MAX_SUGGESTED = 3;
/** Longest name that is compared: the work grows with the product of the lengths. */
const MAX_LENGTH = 128;
/** Beyond so many changes a name is another one, however long. */
const MAX_EDITS = 6;

/**
 * Names that may have been meant: at most three within a third of the name's length in edits, the nearest first. Of names that
 * look unlike it at first glance none is compared, of all others a bounded number; see alike-names.ts.
 */
export function nearNames(name: string, source: NameSource): string[] {
  if (name.length > MAX_LENGTH) return [];
  const wanted = name.toLowerCase();
  const maxEdits = Math.max(2, Math.min(MAX_EDITS, Math.floor(name.length / 3)));
  const found: { readonly name: string; readonly edits: number }[] = [];
  for (const candidate of alikeNames(source, { wanted, maxEdits })) {
    const edits = editsBetween({ wanted, other: candidate.toLowerCase(), maxEdits });
    if (edits !== undefined) found.push({ name: candidate, edits });
  }
  found.sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return found.slice(0, MAX_SUGGESTED).map((one) => one.name);
}
