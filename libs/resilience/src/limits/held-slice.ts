import { IDLE_MS, type Slice, type SliceGrant, type SlicePlan } from './slice.ts';

/** The store must hear of places that are held before it takes them for lost. */
const RENEW_MS = 2_000;

/** A slice of places that come back: calls under way. */
export class HeldSlice implements Slice {
  #held = 0;
  #inUse = 0;
  #expiresAtMs = Number.NEGATIVE_INFINITY;
  #plannedAtMs = Number.NEGATIVE_INFINITY;
  #usedAtMs = Number.NEGATIVE_INFINITY;

  /** Places that it may keep beyond those in use: a small limit is given back at once, so that others find it. */
  mostAhead = 0;

  /** Calls under way. */
  get inUse(): number {
    return this.#inUse;
  }

  free(nowMs: number): number {
    return nowMs < this.#expiresAtMs ? Math.max(0, this.#held - this.#inUse) : 0;
  }

  wanted(_units: number, nowMs: number): void {
    this.#usedAtMs = nowMs;
  }

  take(units: number, nowMs: number): number {
    this.#inUse += units;
    this.#usedAtMs = nowMs;
    return 0;
  }

  giveBack(units: number): void {
    this.#inUse -= units;
  }

  runsLow(nowMs: number): boolean {
    return this.free(nowMs) < this.#ahead(nowMs) / 2;
  }

  isDue(nowMs: number): boolean {
    if (this.free(nowMs) > 2 * this.#ahead(nowMs)) return true;
    return (this.#held > 0 || this.#inUse > 0) && nowMs - this.#plannedAtMs >= RENEW_MS;
  }

  plan(nowMs: number): SlicePlan {
    const wanted = this.#inUse + this.#ahead(nowMs);
    // A call under way has its place, whether the store still knows of it or not.
    this.#held = Math.max(this.#inUse, Math.min(this.#inUse + this.free(nowMs), wanted));
    this.#plannedAtMs = nowMs;
    return { held: this.#held, returned: 0, slot: 0, ahead: Math.max(0, wanted - this.#held) };
  }

  apply({ granted, expiresInMs }: SliceGrant, askedAtMs: number): void {
    this.#held += granted;
    this.#expiresAtMs = askedAtMs + expiresInMs;
  }

  forget(): number {
    this.#held = 0;
    return 0;
  }

  /** Places beyond those in use: a quarter more, at least one while calls come. */
  #ahead(nowMs: number): number {
    if (nowMs - this.#usedAtMs >= IDLE_MS) return 0;
    return Math.min(this.mostAhead, Math.max(1, Math.ceil(this.#inUse / 4)));
  }
}
