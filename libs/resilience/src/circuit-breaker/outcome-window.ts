const BUCKETS = 10;

/**
 * Successes and failures of the last `windowMs`, in ten buckets that are reused as time goes on; so the window
 * reaches back between 90 % and 100 % of its length, in constant memory. Form: resilience4j's time-based window.
 */
export class OutcomeWindow {
  readonly #bucketMs: number;
  readonly #successes = new Uint32Array(BUCKETS);
  readonly #failures = new Uint32Array(BUCKETS);
  #totalSuccesses = 0;
  #totalFailures = 0;
  #newestTick = Number.NEGATIVE_INFINITY;

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  get calls(): number {
    return this.#totalSuccesses + this.#totalFailures;
  }

  get failures(): number {
    return this.#totalFailures;
  }

  addSuccess(nowMs: number): void {
    const slot = this.#advance(nowMs);
    this.#successes[slot] = (this.#successes[slot] ?? 0) + 1;
    this.#totalSuccesses += 1;
  }

  addFailure(nowMs: number): void {
    const slot = this.#advance(nowMs);
    this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
    this.#totalFailures += 1;
  }

  /** Forgets what has left the window by `nowMs`. */
  expire(nowMs: number): void {
    this.#advance(nowMs);
  }

  clear(): void {
    this.#successes.fill(0);
    this.#failures.fill(0);
    this.#totalSuccesses = 0;
    this.#totalFailures = 0;
  }

  /** Empties the buckets that time has moved past and returns the present one. A step back in time stays in the newest. */
  #advance(nowMs: number): number {
    const tick = Math.max(Math.floor(nowMs / this.#bucketMs), this.#newestTick);
    if (tick - this.#newestTick >= BUCKETS) {
      this.clear();
    } else {
      for (let passed = this.#newestTick + 1; passed <= tick; passed += 1) this.#empty(slotOf(passed));
    }
    this.#newestTick = tick;
    return slotOf(tick);
  }

  #empty(slot: number): void {
    this.#totalSuccesses -= this.#successes[slot] ?? 0;
    this.#totalFailures -= this.#failures[slot] ?? 0;
    this.#successes[slot] = 0;
    this.#failures[slot] = 0;
  }
}

function slotOf(tick: number): number {
  return ((tick % BUCKETS) + BUCKETS) % BUCKETS;
}
