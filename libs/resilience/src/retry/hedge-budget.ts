/** Hedges per request. Dean and Barroso, "The Tail at Scale" (CACM 56(2), 2013): a second request after the p95 adds about 5 %. */
const RATIO = 0.05;
/** Hedges that may be saved up: after a quiet time a burst of slow calls is not hedged without bound. */
const MAX_SAVED = 10;
/** A twentieth twenty times is a little less than one. */
const ONE = 1 - 1e-9;

/** Bounds the hedges beside the calls of one target to a twentieth of its requests, however slow it is. */
export class HedgeBudget {
  #saved = 0;

  /** A request goes out that may be hedged. */
  onRequest(): void {
    this.#saved = Math.min(MAX_SAVED, this.#saved + RATIO);
  }

  /** Whether one more hedge may go out; when true it is counted. */
  tryTake(): boolean {
    if (this.#saved < ONE) return false;
    this.#saved = Math.max(0, this.#saved - 1);
    return true;
  }

  /** A hedge that was taken was not made after all. */
  giveBack(): void {
    this.#saved = Math.min(MAX_SAVED, this.#saved + 1);
  }
}
