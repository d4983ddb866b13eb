import { AHEAD_MS, IDLE_MS, type Slice, type SliceGrant, type SlicePlan } from './slice.ts';

/** Shortest time that a pace is measured over. */
const MIN_PACE_MS = 50;

/** A slice of units that are used up: calls or tokens a minute. */
export class SpentSlice implements Slice {
  #left = 0;
  #expiresAtMs = Number.NEGATIVE_INFINITY;
  #slot = 0;
  /** Given back since the store was told last. */
  #returning = 0;
  #ahead = 0;
  #usedSincePlan = 0;
  #plannedAtMs = Number.NEGATIVE_INFINITY;
  #usedAtMs = Number.NEGATIVE_INFINITY;
  #lastUnits = 0;

  free(nowMs: number): number {
    return nowMs < this.#expiresAtMs ? this.#left : 0;
  }

  wanted(units: number, nowMs: number): void {
    this.#usedAtMs = nowMs;
    this.#lastUnits = units;
  }

  take(units: number, nowMs: number): number {
    const short = Math.max(0, units - this.free(nowMs));
    this.#left = this.free(nowMs) - units + short;
    // What is not there is told as used beyond what was granted.
    this.#returning -= short;
    this.#usedSincePlan += units;
    this.wanted(units, nowMs);
    return this.#slot;
  }

  giveBack(units: number, slot: number): void {
    // What was used of an earlier window stays used in it.
    if (units > 0 && slot !== this.#slot) return;
    this.#returning += units;
  }

  runsLow(nowMs: number): boolean {
    return this.free(nowMs) < Math.max(this.#ahead, this.#lastUnits) / 2;
  }

  isDue(nowMs: number): boolean {
    return this.#returning !== 0 || (this.#isIdle(nowMs) && this.free(nowMs) > 0);
  }

  plan(nowMs: number): SlicePlan {
    const isIdle = this.#isIdle(nowMs);
    const left = this.free(nowMs);
    const returned = this.#returning + (isIdle ? left : 0);
    this.#left = isIdle ? 0 : left;
    this.#returning = 0;
    this.#ahead = isIdle ? 0 : this.#pacedAhead(nowMs);
    this.#usedSincePlan = 0;
    this.#plannedAtMs = nowMs;
    return {
      held: this.#left,
      returned,
      slot: this.#slot,
      ahead: Math.max(0, this.#ahead - this.#left),
    };
  }

  apply({ granted, slot, expiresInMs }: SliceGrant, askedAtMs: number): void {
    if (slot !== this.#slot) {
      this.#left = 0;
      this.#returning = Math.min(0, this.#returning);
      this.#slot = slot;
    }
    this.#left += granted;
    this.#expiresAtMs = askedAtMs + expiresInMs;
  }

  forget(nowMs: number): number {
    const unused = this.free(nowMs) + this.#returning;
    this.#left = 0;
    this.#returning = 0;
    return unused;
  }

  #isIdle(nowMs: number): boolean {
    return nowMs - this.#usedAtMs >= IDLE_MS;
  }

  #pacedAhead(nowMs: number): number {
    const elapsedMs = Math.max(MIN_PACE_MS, nowMs - this.#plannedAtMs);
    return Math.max(this.#lastUnits, Math.ceil((this.#usedSincePlan / elapsedMs) * AHEAD_MS));
  }
}
