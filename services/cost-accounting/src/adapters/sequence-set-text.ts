import type { SequenceRange, SequenceSet } from '../domain/intake/sequence-set.ts';

/** Reads an `int8multirange` as Postgres writes it: `{[5,7),[9,10)}`. */
export function parseRanges(text: string): SequenceRange[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => ({
    from: Number(from),
    to: Number(to),
  }));
}

/** Writes the numbers above the first gap as an `int8multirange`. */
export function formatRanges({ ahead }: SequenceSet): string {
  return `{${ahead.map(({ from, to }) => `[${from},${to})`).join(',')}}`;
}
