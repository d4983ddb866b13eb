import type { KnownQuestion, NearQuestion, SemanticPlace } from '../cache/known-questions.ts';

/** A question as a vector. */
export type Embedded = Pick<KnownQuestion, 'embeddedBy' | 'vector'>;

/** The search for a question that means nearly the same. */
export interface SemanticSearch {
  readonly place: SemanticPlace;
  /** The nearest first, within the time that requests wait; none where it took longer or failed. */
  readonly near: Promise<readonly NearQuestion[]>;
  /** Comes when it comes; undefined where it failed. */
  readonly embedded: Promise<Embedded | undefined>;
}
