/** How a gradient limit moves. */
export interface GradientOptions {
  /** Where it begins. Default 20. */
  readonly initial?: number;
  /** It never falls below. Default 4. */
  readonly least?: number;
  /** It never rises above. Default 1,000. */
  readonly most?: number;
}

/** Calls that are let wait at the target when it is not slower than usual: without some a limit could never rise. */
const QUEUE = 4;
const SMOOTHING = 0.2;
/** Weight of one more call in the long-term mean: about the last 600. */
const LONG_WEIGHT = 2 / 601;
/** Calls until the long-term mean means something. */
const WARM_UP = 10;
const LEAST_GRADIENT = 0.5;

/**
 * A limit of calls under way that finds itself: it rises while answers come as fast as they usually do, and falls as they get
 * slower, which is when a target begins to queue (Gradient2 of Netflix's concurrency-limits). Nothing is asked of the target.
 */
export class GradientLimit {
  readonly #least: number;
  readonly #most: number;
  #limit: number;
  #longMs = 0;
  #samples = 0;

  constructor({ initial = 20, least = 4, most = 1_000 }: GradientOptions = {}) {
    this.#least = Math.min(least, most);
    this.#most = most;
    this.#limit = Math.min(Math.max(initial, this.#least), most);
  }

  /** Calls that may be under way at once. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** A call was answered. @param inFlight calls that were under way as it began, itself among them */
  observe(rttMs: number, inFlight: number): void {
    this.#samples++;
    const weight = this.#samples <= WARM_UP ? 1 / this.#samples : LONG_WEIGHT;
    this.#longMs += (rttMs - this.#longMs) * weight;
    // A mean that stands far above what is measured now would let the limit rise for a long time.
    if (this.#longMs > 2 * rttMs) this.#longMs *= 0.95;
    const gradient = Math.max(LEAST_GRADIENT, Math.min(1, this.#longMs / Math.max(rttMs, Number.MIN_VALUE)));
    const next = this.#limit * (1 - SMOOTHING) + SMOOTHING * (gradient * this.#limit + QUEUE);
    // Calls that do not use the limit say nothing of a higher one.
    if (next > this.#limit && inFlight < this.#limit / 2) return;
    this.#limit = Math.min(this.#most, Math.max(this.#least, next));
  }

  /** A call was refused or timed out for load: the target is beyond what it can do. */
  overloaded(): void {
    this.#limit = Math.max(this.#least, this.#limit * 0.9);
  }
}
