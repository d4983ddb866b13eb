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
    const candidate = nextCandidate([...this.#untried], this.#failures);
    if (candidate === undefined) return undefined;
    this.#untried.delete(candidate);
    this.tried.push(candidate);
    return candidate;
  }

  /** A candidate has failed: others come before what is likely to fail alike. */
  failed({ provider }: RankedCandidate, errorClass: ErrorClass): void {
    this.#failures = withFailure(this.#failures, provider, errorClass);
  }
}
