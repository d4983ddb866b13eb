/** Two texts, and how far apart they may be. */
export interface ComparedTexts {
  readonly wanted: string;
  readonly other: string;
  /** From 0. */
  readonly maxEdits: number;
}

/**
 * Levenshtein distance by Wagner and Fischer; undefined above `maxEdits`. Only the cells within `maxEdits` of the diagonal are
 * worked out: no other can be part of so short a way.
 *
 * Source: Ukkonen, "Algorithms for approximate string matching", 1985.
 */
export function editsBetween({ wanted, other, maxEdits }: ComparedTexts): number | undefined {
  if (Math.abs(wanted.length - other.length) > maxEdits) return undefined;
  // What both begin and end with costs nothing, and mostly it is nearly all of them.
  let begin = 0;
  while (begin < wanted.length && wanted[begin] === other[begin]) begin += 1;
  let end = 0;
  const most = Math.min(wanted.length, other.length) - begin;
  while (end < most && wanted.at(-1 - end) === other.at(-1 - end)) end += 1;
  return editsInBand({
    wanted: wanted.slice(begin, wanted.length - end),
    other: other.slice(begin, other.length - end),
    maxEdits,
  });
}

function editsInBand({ wanted, other, maxEdits }: ComparedTexts): number | undefined {
  const tooMany = maxEdits + 1;
  let row: number[] = [];
  let next: number[] = [];
  for (let j = 0; j <= other.length; j++) {
    row.push(Math.min(j, tooMany));
    next.push(tooMany);
  }
  for (let i = 1; i <= wanted.length; i++) {
    const from = Math.max(1, i - maxEdits);
    const to = Math.min(other.length, i + maxEdits);
    next[from - 1] = from === 1 ? Math.min(i, tooMany) : tooMany;
    let least = next[from - 1] as number;
    for (let j = from; j <= to; j++) {
      const replaced = (row[j - 1] as number) + Number(wanted.charCodeAt(i - 1) !== other.charCodeAt(j - 1));
      const edits = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1, tooMany);
      next[j] = edits;
      if (edits < least) least = edits;
    }
    if (least > maxEdits) return undefined;
    [row, next] = [next, row];
  }
  const edits = row[other.length] as number;
  return edits > maxEdits ? undefined : edits;
}
