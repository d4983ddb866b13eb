import type { RankedCandidate } from '../domain/decide/decide.ts';
import { nextCandidate } from '../domain/failover/next-candidate.ts';

/** The candidates of one request, in the order in which they are tried. */
export class CandidateQueue {
  /** Whose turn it was, the last one included, whether it was called or passed over. */
  readonly tried: RankedCandidate[] = [];
  readonly #untried: Set<RankedCandidate>;
  /** Keys of the providers that an error spoke against. */
  readonly #failedProviders = new Set<string>();

  constructor(ranked: readonly RankedCandidate[]) {
    this.#untried = new Set(ranked);
  }

  /** How many have not been tried. */
  get left(): number {
    return this.#untried.size;
  }

  /** Whose turn it is; undefined where nobody is left. */
  take(): RankedCandidate | undefined {
    const candidate = nextCandidate([...this.#untried], this.#failedProviders);
    if (candidate === undefined) return undefined;
    this.#untried.delete(candidate);
    this.tried.push(candidate);
    return candidate;
  }

  /** Something speaks against the whole provider of a candidate: the other ones come before its further models. */
  providerFailed({ provider }: RankedCandidate): void {
    this.#failedProviders.add(provider.key);
  }
}
