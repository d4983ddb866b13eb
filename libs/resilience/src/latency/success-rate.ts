/** Slots of a window, and how long each is, in milliseconds: 300 s. */
const SLOTS = 30;
const SLOT_MS = 10_000;

/**
 * Share of the calls of the last 300 s that succeeded. Cheap to ask for each request: the counts are kept summed up, and
 * leave the sum ten seconds at a time.
 */
export class SuccessRate {
  readonly #successes = new Uint32Array(SLOTS);
  readonly #failures = new Uint32Array(SLOTS);
  #sumSuccesses = 0;
  #sumFailures = 0;
  #slot = Number.NEGATIVE_INFINITY;

  succeeded(nowMs: number): void {
    this.#advance(nowMs);
    count(this.#successes, this.#slot % SLOTS);
    this.#sumSuccesses += 1;
  }

  failed(nowMs: number): void {
    this.#advance(nowMs);
    count(this.#failures, this.#slot % SLOTS);
    this.#sumFailures += 1;
  }

  /** 0 to 1; undefined without calls. */
  at(nowMs: number): number | undefined {
    this.#advance(nowMs);
    const calls = this.#sumSuccesses + this.#sumFailures;
    return calls === 0 ? undefined : this.#sumSuccesses / calls;
  }

  /** Forgets the slots that leave the window. A time before the last one counts as the last one. */
  #advance(nowMs: number): void {
    const slot = Math.max(0, Math.floor(nowMs / SLOT_MS));
    if (slot <= this.#slot) return;
    const first = Math.max(this.#slot + 1, slot - SLOTS + 1);
    for (let passed = first; passed <= slot; passed += 1) {
      this.#sumSuccesses -= this.#successes[passed % SLOTS] ?? 0;
      this.#sumFailures -= this.#failures[passed % SLOTS] ?? 0;
      this.#successes[passed % SLOTS] = 0;
      this.#failures[passed % SLOTS] = 0;
    }
    this.#slot = slot;
  }
}

function count(counts: Uint32Array, slot: number): void {
  counts[slot] = (counts[slot] ?? 0) + 1;
}
