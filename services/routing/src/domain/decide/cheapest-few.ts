import { compareCost } from '../strategies/contender.ts';
import type { Candidate } from './candidate.ts';

/** How many candidates are kept, and which. */
export interface CheapestFewOptions {
  /** From 1. */
  readonly limit: number;
  /** None that costs more than this, in nano-USD. Default: any. */
  readonly mostNanoUsd?: number;
}

/** The cheapest of many candidates, a bounded number of them, in order. */
export class CheapestFew {
  readonly #options: CheapestFewOptions;
  readonly #few: Candidate[] = [];

  constructor(options: CheapestFewOptions) {
    this.#options = options;
  }

  /** Cheapest first. */
  get candidates(): readonly Candidate[] {
    return this.#few;
  }

  /** What a further one must not cost more than, in nano-USD; Infinity: it may cost anything. */
  get ceiling(): number {
    const { limit, mostNanoUsd = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#few.length < limit) return mostNanoUsd;
    return this.#few.at(-1)?.costNanoUsd ?? mostNanoUsd;
  }

  /** Whether one of this cost and key may be taken. */
  admits(costNanoUsd: number | undefined, key: string): boolean {
    const last = this.#few.at(-1);
    if (last === undefined || this.#few.length < this.#options.limit) return true;
    return compareCost({ costNanoUsd, key }, last) < 0;
  }

  add(candidate: Candidate): void {
    const few = this.#few;
    let place = few.length;
    for (; place > 0; place--) {
      const before = few[place - 1] as Candidate;
      if (compareCost(candidate, before) >= 0) break;
      few[place] = before;
    }
    few[place] = candidate;
    if (few.length > this.#options.limit) few.pop();
  }

  /** Adds one where none of its provider is cheaper; then that one goes. */
  addOfProvider(candidate: Candidate): void {
    const same = this.#few.findIndex(({ provider }) => provider.key === candidate.provider.key);
    if (same !== -1 && compareCost(this.#few[same] as Candidate, candidate) <= 0) return;
    if (same !== -1) this.#few.splice(same, 1);
    if (this.admits(candidate.costNanoUsd, candidate.key)) this.add(candidate);
  }
}
