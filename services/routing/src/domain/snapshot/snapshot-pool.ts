import type {
  CachePolicy,
  CompositeWeights,
  HedgeRule,
  Requirements,
  Strategy,
} from '@switchyard/contracts/routing';
import type { Offering } from './offering.ts';

/** A pool as decisions see it: resolved when the snapshot is built. */
export interface SnapshotPool {
  readonly id: string;
  /** '' for one of the installation's. */
  readonly tenant: string;
  /**
   * Who may serve, each offering once, with the member's priority and weight in place of the provider's, and the member's
   * balancing group (see {@link Offering.balancing group}). Offerings that the asking tenant does not see are passed over by decisions. 'any': the
   * pool names no members, so whoever meets the requirements. Empty: nobody, its members are gone.
   */
  readonly offerings: readonly Offering[] | 'any';
  /** Added to those of each request. */
  readonly requirements: Requirements | undefined;
  /** UNSPECIFIED: the policy's, else the installation's. */
  readonly strategy: Strategy;
  readonly compositeWeights: CompositeWeights | undefined;
  /** undefined: it says nothing of cached answers. */
  readonly cache: CachePolicy | undefined;
  /** undefined: it says nothing of hedging. */
  readonly hedge: HedgeRule | undefined;
  /** Kinds of task that it serves. */
  readonly taskTypes: readonly string[];
  /** What savings are told against; undefined: nothing, or nobody offers it now. */
  readonly baseline: Offering | undefined;
}

/** What a pool's member says of the offerings that it stands for. */
export interface MemberTraits {
  /** Place among the pool's members, from 0. */
  readonly index: number;
  /** undefined: each provider's own. */
  readonly priority: number | undefined;
  /** undefined: each provider's own. */
  readonly weight: number | undefined;
}

/** An offering as a pool's member has it. A member with a weight of its own is one balancing group; without one, each of its providers is. */
export const memberOffering = (offering: Offering, { index, priority, weight }: MemberTraits): Offering => ({
  ...offering,
  priority: priority ?? offering.priority,
  weight: weight ?? offering.weight,
  balancingGroup: weight === undefined ? `${index}/${offering.provider.key}` : String(index),
});
