import type { CompositeWeights } from '@switchyard/contracts/routing';
import type { Random } from '@switchyard/kernel';
import type { Contender } from './contender.ts';

/** A contender with its score; smaller is better, undefined is unknown. */
export interface Scored<C extends Contender = Contender> {
  readonly contender: C;
  readonly score: number | undefined;
}

/** An order of contenders. */
export interface Order<C extends Contender> {
  /** Best first. */
  readonly scored: readonly Scored<C>[];
  /** Probability with which the first was to come first. */
  readonly propensity: number;
}

/** What an order may depend on besides the contenders. */
export interface OrderContext {
  /** Made from the request's seed; drawn from in a fixed order. */
  readonly random: Random;
  /** undefined: all count alike. */
  readonly compositeWeights: CompositeWeights | undefined;
}

/** What a reason is made of. */
export interface ReasonFacts {
  readonly first: Scored;
  /** In plain words, among whom it came first: "5 candidates that fit". */
  readonly among: string;
}

/** How candidates that fit are ordered: pure. */
export interface OrderingStrategy {
  /** Name as users see it. */
  readonly name: string;
  /**
   * Who is ordered: every candidate by its cost, by its priority and then its cost, or each balancing group once, by its cheapest
   * offering. In each case the cheapest of a provider come first, so that a decision among thousands finds them by an index.
   */
  readonly contest: 'by-cost' | 'by-priority' | 'groups';
  /** Whether degraded providers come after others, or the strategy itself gives them less. */
  readonly degraded: 'come-after' | 'get-less';
  /** Orders contenders of one class, at least one. The order in which they are given does not matter. */
  order<C extends Contender>(contenders: readonly C[], context: OrderContext): Order<C>;
  /** Why the first of several was chosen, in one sentence. */
  reason(facts: ReasonFacts): string;
}
