import type { CandidateView } from '../decide/candidate.ts';

/** How candidates that fit are ordered: pure. */
export interface OrderingStrategy {
  /** Name as users see it. */
  readonly name: string;
  /** Smaller is better; undefined is unknown and comes last. */
  score(candidate: CandidateView): number | undefined;
  /** Why the first of some candidates was chosen, in one sentence. */
  reason(chosen: CandidateView, fitting: number): string;
}
