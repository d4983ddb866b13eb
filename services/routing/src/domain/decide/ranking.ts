import type { Contender } from '../strategies/contender.ts';
import type { Scored } from '../strategies/strategy.ts';

/** Contenders in order, and what is said of the first. */
export interface Ranking<C extends Contender> {
  /** Best first. */
  readonly scored: readonly Scored<C>[];
  /** Why the first one, in one sentence. */
  readonly reason: string;
  /** 0 to 1: how clearly the first stands out from the second. */
  readonly confidence: number;
  /** Probability with which the first was to come first; 0 where there is none. */
  readonly propensity: number;
}
