import type { NanoUsd } from '@switchyard/kernel';
import type { Unsupported } from '@switchyard/llm';
import type { BreakerState } from '@switchyard/resilience';
import type { Refusal } from '../limits/refusal.ts';
import { maxCost } from '../request/cost-estimate.ts';
import { cachedInputTokens, expectedNanoUsd } from '../request/expected-cost.ts';
import type { Needs } from '../request/needs.ts';
import type { ConfiguredProvider, EndpointShare, Offering } from '../snapshot/offering.ts';
import type { Contender } from '../strategies/contender.ts';

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
  | 'cooling_down'
  | 'rate_limited'
  | 'maintenance'
  | 'disabled'
  | 'credential'
  | 'parameter';

/** Why a candidate does not fit. */
export interface Exclusion {
  readonly constraint: ConstraintName;
  /** What was asked for and what is, in one sentence. */
  readonly detail: string;
  /** What whoever is told can do about it: the end of a sentence. Texts that do not depend on the request, so many candidates share them. */
  readonly wayOut: string;
}

/** A pause in which a candidate is not called. */
export interface CoolDown {
  /** When it ends, in wall milliseconds. */
  readonly endsAtWallMs: number;
  /** What is left of it, in milliseconds; above 0. */
  readonly leftMs: number;
}

/** What is known at the moment of the decision and not in the snapshot. */
export interface OfferingState {
  readonly breaker: BreakerState;
  /** Whether the breaker gives leave now. */
  readonly breakerAdmits: boolean;
  /** The pause that the provider has asked for; undefined where it has not, or it is over. */
  readonly cooling: CoolDown | undefined;
  /** The limit that it has reached; undefined where it has room, or nothing is known. */
  readonly limited: Refusal | undefined;
  /** Requests under way at this replica. */
  readonly active: number;
  /** Peak EWMA of the time to the first token, in milliseconds; undefined where unknown. */
  readonly latencyMs: number | undefined;
  /** Share of the calls of the last 300 s that succeeded, 0 to 1; undefined without calls. */
  readonly successRate: number | undefined;
  /** Since the last call began, in milliseconds; undefined where there was none. */
  readonly idleMs: number | undefined;
  /** Since the provider left unhealthy or unavailable, in milliseconds; undefined where it was not, or the slow start is over. */
  readonly recoveredMs: number | undefined;
  /** Whether its credential can be had; `unknown` where it has not been asked for yet. */
  readonly credential: 'ready' | 'unknown' | 'missing';
}

/** What a candidate is made of. */
export interface CandidateParts {
  readonly offering: Offering;
  readonly needs: Needs;
  readonly state: OfferingState;
  /** Expected cost in nano-USD; undefined where a price is unknown. */
  readonly costNanoUsd: number | undefined;
  /** Something in the request that the provider's wire format cannot express. */
  readonly unsupported: Unsupported | undefined;
  readonly tier: number;
  readonly preference: number;
}

/** An offering with everything that the decision weighs. What only few candidates are asked for is worked out when asked. */
export class Candidate implements Contender {
  readonly offering: Offering;
  readonly state: OfferingState;
  readonly costNanoUsd: number | undefined;
  readonly unsupported: Unsupported | undefined;
  readonly tier: number;
  readonly preference: number;
  readonly #needs: Needs;
  #maxCost: { readonly nanoUsd: NanoUsd | undefined } | undefined;

  constructor({ offering, needs, state, costNanoUsd, unsupported, tier, preference }: CandidateParts) {
    this.offering = offering;
    this.state = state;
    this.costNanoUsd = costNanoUsd;
    this.unsupported = unsupported;
    this.tier = tier;
    this.preference = preference;
    this.#needs = needs;
  }

  /** Expected cost of this request; undefined where a price is unknown. */
  get estimatedCost(): NanoUsd | undefined {
    return this.costNanoUsd === undefined ? undefined : (BigInt(this.costNanoUsd) as NanoUsd);
  }

  /** The same without what may be in the provider's prompt cache: what is limited must not rest on that. */
  get uncachedCost(): NanoUsd | undefined {
    if (this.cachedPrefixTokens === undefined) return this.estimatedCost;
    const { estimatedInputTokens, maxOutputTokens, units } = this.#needs;
    const cost = expectedNanoUsd({ estimatedInputTokens, maxOutputTokens, units }, this.offering);
    return cost === undefined ? undefined : (BigInt(cost) as NanoUsd);
  }

  /** Upper bound of the cost of this request; undefined where it has none. */
  get maxCost(): NanoUsd | undefined {
    this.#maxCost ??= { nanoUsd: maxCost(this.#needs, this.offering) };
    return this.#maxCost.nanoUsd;
  }

  get cachedPrefixTokens(): number | undefined {
    return cachedInputTokens(this.#needs, this.offering);
  }

  get provider(): ConfiguredProvider {
    return this.offering.provider;
  }

  get credential(): OfferingState['credential'] {
    return this.state.credential;
  }

  get key(): string {
    return this.offering.key;
  }

  get sharedKey(): string {
    return this.offering.sharedKey;
  }

  get endpoint(): EndpointShare | undefined {
    return this.offering.provider.endpoint;
  }

  get balancingGroup(): string {
    return this.offering.balancingGroup;
  }

  get priority(): number {
    return this.offering.priority;
  }

  get weight(): number {
    return this.offering.weight;
  }

  get active(): number {
    return this.state.active;
  }

  get latencyMs(): number | undefined {
    return this.state.latencyMs;
  }

  get successRate(): number | undefined {
    return this.state.successRate;
  }

  get idleMs(): number | undefined {
    return this.state.idleMs;
  }

  get recoveredMs(): number | undefined {
    return this.state.recoveredMs;
  }
}
