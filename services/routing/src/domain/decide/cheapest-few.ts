import { compareCost } from '../strategies/contender.ts';
import type { Candidate } from './candidate.ts';

/** The cheapest of many candidates, a bounded number of them, in order. */
export class CheapestFew {
  readonly #limit: number;
  readonly #few: Candidate[] = [];

  /** @param limit from 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Cheapest first. */
  get candidates(): readonly Candidate[] {
    return this.#few;
  }

  /** What a further one must not cost more than, in nano-USD; Infinity while there is room. */
  get ceiling(): number {
    if (this.#few.length < this.#limit) return Number.POSITIVE_INFINITY;
    return this.#few.at(-1)?.costNanoUsd ?? Number.POSITIVE_INFINITY;
  }

  /** Whether one of this cost and key would be taken. */
  admits(costNanoUsd: number | undefined, key: string): boolean {
    const last = this.#few.at(-1);
    if (last === undefined || this.#few.length < this.#limit) return true;
    return compareCost({ costNanoUsd, key }, last) < 0;
  }

  add(candidate: Candidate): void {
    let place = this.#few.length;
    while (place > 0 && compareCost(candidate, this.#few[place - 1] as Candidate) < 0) place -= 1;
    this.#few.splice(place, 0, candidate);
    if (this.#few.length > this.#limit) this.#few.pop();
  }
}
