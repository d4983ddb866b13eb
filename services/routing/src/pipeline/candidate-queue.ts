import type { ErrorClass } from '@switchyard/llm';
import type { RankedCandidate } from '../domain/decide/decide.ts';
import { type Failures, NO_FAILURES, nextCandidate, withFailure } from '../domain/failover/next-candidate.ts';

/** The candidates of one request, in the order in which they are tried. */
export class CandidateQueue {
  /** Whose turn it was, the last one included, whether it was called or passed over. */
  readonly tried: RankedCandidate[] = [];
  readonly #untried: Set<RankedCandidate>;
  #failures: Failures = NO_FAILURES;

  constructor(ranked: readonly RankedCandidate[]) {
    this.#untried = new Set(ranked);
  }

  /** How many have not been tried. */
  get left(): number {
    return this.#untried.size;
  }

  /** Whose turn it is; undefined where nobody is left. */
  take(): RankedCandidate | undefined {
    return this.#turnOf(nextCandidate([...this.#untried], this.#failures));
  }

  /** The first candidate left of another provider than this one's, one that has not failed before where there is one; undefined where there is none. */
  takeBeside({ provider: { key } }: RankedCandidate): RankedCandidate | undefined {
    const others = [...this.#untried].filter(({ provider }) => provider.key !== key);
    return this.#turnOf(nextCandidate(others, this.#failures));
  }

  /** Takes one out of those whose turn it was: the answer is another one's. */
  withdraw(candidate: RankedCandidate): void {
    const place = this.tried.lastIndexOf(candidate);
    if (place !== -1) this.tried.splice(place, 1);
  }

  /** A candidate has failed: others come before what is likely to fail alike. */
  failed({ provider }: RankedCandidate, errorClass: ErrorClass): void {
    this.#failures = withFailure(this.#failures, provider, errorClass);
  }

  #turnOf(candidate: RankedCandidate | undefined): RankedCandidate | undefined {
    if (candidate === undefined) return undefined;
    this.#untried.delete(candidate);
    this.tried.push(candidate);
    return candidate;
  }
}
