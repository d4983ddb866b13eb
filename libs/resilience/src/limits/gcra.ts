/** How fast a bucket fills, and what it holds. */
export interface GcraOptions {
  /** Units a millisecond, above 0. */
  readonly perMs: number;
  /** Units of a full bucket, from 1. */
  readonly burst: number;
}

/**
 * A token bucket as the generic cell rate algorithm has it (ITU-T I.371): one number, the theoretical arrival time (TAT). In any
 * time t it gives no more than burst + rate · t. Starts full.
 */
export class Gcra {
  readonly #options: GcraOptions;
  #tatMs = Number.NEGATIVE_INFINITY;

  constructor(options: GcraOptions) {
    this.#options = options;
  }

  /** How long until so many units can be had, in milliseconds; 0: now. More than the burst can be had when the bucket is full. */
  waitMs(units: number, nowMs: number): number {
    const { perMs, burst } = this.#options;
    return Math.max(0, Math.max(0, this.#tatMs - nowMs) + (Math.min(units, burst) - burst) / perMs);
  }

  /** Units that are missing from the bucket. */
  used(nowMs: number): number {
    return Math.max(0, this.#tatMs - nowMs) * this.#options.perMs;
  }

  /** Takes units, also ones that are not there: then the bucket fills later. Negative ones are given back. */
  take(units: number, nowMs: number): void {
    this.#tatMs = Math.max(this.#tatMs, nowMs) + units / this.#options.perMs;
  }
}
