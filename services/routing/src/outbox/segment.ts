/** What is known of one segment of an outbox. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  /** First numbered record in it; undefined while there is none. */
  firstSequence: number | undefined;
  /** Last numbered record in it or before it. */
  lastSequence: number;
  /** Holds that were written to it and have not ended. */
  openHolds: number;
  /** Sparse index: where some numbered records begin. */
  readonly index: { readonly sequence: number; readonly byte: number }[];
  bytes: number;
  /** Since when everything in it is in the ledger, in wall milliseconds. */
  coveredAtMs: number | undefined;
}

/** A segment without records. */
export const emptySegment = (number: number, path: string, lastSequence: number): Segment => ({
  number,
  path,
  firstSequence: undefined,
  lastSequence,
  openHolds: 0,
  index: [],
  bytes: 0,
  coveredAtMs: undefined,
});

/** One index entry for this many numbered records. */
const INDEX_EVERY = 512;

/** Notes a numbered record. */
export function noteUsage(segment: Segment, sequence: number, byte: number): void {
  segment.firstSequence ??= sequence;
  segment.lastSequence = sequence;
  if ((sequence - segment.firstSequence) % INDEX_EVERY === 0) segment.index.push({ sequence, byte });
}

/** The byte to begin at when looking for a numbered record; 0: at the begin. */
export function seekByte(segment: Segment, sequence: number): number {
  return segment.index.findLast((entry) => entry.sequence <= sequence)?.byte ?? 0;
}
