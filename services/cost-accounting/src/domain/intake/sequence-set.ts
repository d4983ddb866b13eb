/** Numbers from `from` up to and without `to`. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** Which numbers of an outbox are committed. Numbers start at 1. */
export interface SequenceSet {
  /** The watermark: every number up to this one. 0: none. */
  readonly watermark: number;
  /** What is committed above the first gap: ascending, apart from each other and from the watermark. */
  readonly ahead: readonly SequenceRange[];
}

/** No numbers. */
export const EMPTY_SEQUENCES: SequenceSet = { watermark: 0, ahead: [] };

/** Whether a number is in the set. */
export function hasSequence({ watermark, ahead }: SequenceSet, sequence: number): boolean {
  if (sequence <= watermark) return sequence > 0;
  let low = 0;
  let high = ahead.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ahead[middle] as SequenceRange).to <= sequence) low = middle + 1;
    else high = middle;
  }
  const range = ahead[low];
  return range !== undefined && range.from <= sequence;
}

/** The set with more numbers. They may come in any order, and may be in it already. */
export function withSequences(set: SequenceSet, sequences: readonly number[]): SequenceSet {
  if (sequences.length === 0) return set;
  const all: SequenceRange[] = [{ from: 1, to: set.watermark + 1 }, ...set.ahead];
  for (const sequence of sequences) all.push({ from: sequence, to: sequence + 1 });
  all.sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of all) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  // The first range begins at 1 because the watermark's does.
  const [first, ...ahead] = merged as [SequenceRange, ...SequenceRange[]];
  return { watermark: first.to - 1, ahead };
}

/** How many numbers are committed above the first gap. */
export function countAhead({ ahead }: SequenceSet): number {
  return ahead.reduce((sum, { from, to }) => sum + to - from, 0);
}
