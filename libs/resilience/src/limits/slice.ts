/** What a replica says when it asks for more of a shared limit. */
export interface SlicePlan {
  /** Units that it has and keeps. */
  readonly held: number;
  /** Units that it gives back; negative: what was used beyond what was taken. */
  readonly returned: number;
  /** Where they come from: see {@link SliceGrant.slot}. */
  readonly slot: number;
  /** Units that it would like to have ahead of need. */
  readonly ahead: number;
}

/** What it got. */
export interface SliceGrant {
  readonly granted: number;
  /** The part of a window that the units are of; 0 where there are no windows. */
  readonly slot: number;
  /** How long they may be used, in milliseconds from when they were asked for. */
  readonly expiresInMs: number;
}

/**
 * A replica's part of a limit that all replicas share: what it may use without asking. Units that were granted are used before
 * they expire or not at all, so that what the replicas use together never exceeds what the store has granted.
 */
export interface Slice {
  /** Units that can be taken now. */
  free(nowMs: number): number;
  /** A call waits for units: from now on the slice is in use, so that what is granted for it is not given back before it takes it. */
  wanted(units: number, nowMs: number): void;
  /** Takes units, also ones that are not there. @returns the slot that they are of */
  take(units: number, nowMs: number): number;
  /** Gives units back, from the slot that they were taken of; negative: more were used than taken. */
  giveBack(units: number, slot: number): void;
  /** Whether it is time to ask for more, before there is none. */
  runsLow(nowMs: number): boolean;
  /** Whether the store must be told something, though nobody waits: that units are given back, or are still held. */
  isDue(nowMs: number): boolean;
  /** What to tell the store. From here on it keeps to what it says. */
  plan(nowMs: number): SlicePlan;
  apply(grant: SliceGrant, askedAtMs: number): void;
  /**
   * The store cannot be reached: what was granted is forgotten, calls under way are not.
   * @returns units that the store takes for used and are not; negative: units were used that it does not know of
   */
  forget(nowMs: number): number;
}

/** After so long without use a replica gives back what it has: others may need it. */
export const IDLE_MS = 5_000;
/** What is asked for ahead is enough for so long, at the pace of the last time. */
export const AHEAD_MS = 200;
