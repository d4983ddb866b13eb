import type { NanoUsd } from '@switchyard/kernel';
import type { Unsupported } from '@switchyard/llm';
import type { BreakerState } from '@switchyard/resilience';
import type { Offering } from '../snapshot/snapshot.ts';

/** Name of a hard constraint, as in the proto's Exclusion. */
export type ConstraintName =
  | 'capability'
  | 'max_cost'
  | 'max_price'
  | 'max_latency'
  | 'residency'
  | 'tags'
  | 'allowed_providers'
  | 'excluded_providers'
  | 'context_length'
  | 'health'
  | 'breaker'
  | 'maintenance'
  | 'disabled'
  | 'credential'
  | 'parameter';

/** Why a candidate does not fit. */
export interface Exclusion {
  readonly constraint: ConstraintName;
  /** What was asked for and what is, in one sentence. */
  readonly detail: string;
}

/** What is known at the moment of the decision and not in the snapshot. */
export interface OfferingState {
  readonly breaker: BreakerState;
  /** Whether the breaker gives leave now. */
  readonly breakerAdmits: boolean;
  /** Requests under way at this replica. */
  readonly active: number;
  /** Expected time to the first token, in milliseconds; undefined where unknown. */
  readonly latencyMs: number | undefined;
  /** Whether its credential can be had; `unknown` where it has not been asked for yet. */
  readonly credential: 'ready' | 'unknown' | 'missing';
}

/** An offering with everything that the decision weighs. */
export interface CandidateView {
  readonly offering: Offering;
  readonly state: OfferingState;
  /** Expected cost of this request; undefined where a price is unknown. */
  readonly estimatedCost: NanoUsd | undefined;
  /** Upper bound of the cost of this request; undefined where it has none. */
  readonly maxCost: NanoUsd | undefined;
  /** Something in the request that the provider's wire format cannot express. */
  readonly unsupported: Unsupported | undefined;
}
