import type { Unsupported } from '@switchyard/llm';
import { expectedNanoUsd } from '../request/expected-cost.ts';
import type { Needs } from '../request/needs.ts';
import { outputLimit } from '../request/output-limit.ts';
import { atEndpoints } from '../snapshot/at-endpoints.ts';
import type { ConfiguredProvider, Offering } from '../snapshot/offering.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Reprice } from '../snapshot/term-book.ts';
import { Candidate, type OfferingState } from './candidate.ts';
import { exclusionsOf } from './constraints.ts';
import { healthTier } from './health-tier.ts';
import { UnsupportedCache } from './unsupported-cache.ts';

/** What candidates are made with. */
export interface EvaluationInput {
  readonly needs: Needs;
  readonly snapshot: Snapshot;
  /** Reads the state of an offering; must not change while the decision is made. */
  readonly stateOf: (offering: Offering) => OfferingState;
  /** Gives an offering with the prices that the tenant is charged now. Default: as listed. */
  readonly reprice?: Reprice;
}

/** Makes candidates of offerings, for one request. */
export class Evaluation {
  readonly needs: Needs;
  readonly #snapshot: Snapshot;
  readonly #stateOf: (offering: Offering) => OfferingState;
  readonly #reprice: Reprice | undefined;
  readonly #unsupported = new UnsupportedCache();

  constructor({ needs, snapshot, stateOf, reprice }: EvaluationInput) {
    this.needs = needs;
    this.#snapshot = snapshot;
    this.#stateOf = stateOf;
    this.#reprice = reprice;
  }

  /** How well a provider works; see health-tier.ts. */
  tierOf({ key }: ConfiguredProvider): number {
    return healthTier(this.#snapshot.health.get(key));
  }

  /** A provider's place among those that the request prefers; their number for others. */
  preferenceOf({ id }: ConfiguredProvider): number {
    const { preferredProviders } = this.needs;
    if (preferredProviders.length === 0) return 0;
    const place = preferredProviders.indexOf(id);
    return place === -1 ? preferredProviders.length : place;
  }

  /** Whether a provider's credential can be had, as its offerings' state says. */
  stateOf(offering: Offering): OfferingState {
    return this.#stateOf(offering);
  }

  /** What the tenant pays for tokens of a provider is never below this share of what is listed, 0 to 1; 0: it may be anything. */
  leastShareOf({ id }: ConfiguredProvider): number {
    return this.#reprice === undefined ? 1 : this.#reprice.leastShare(id);
  }

  /** What the request should cost the tenant at an offering, in nano-USD; undefined where a price is unknown. */
  costOf(listed: Offering): number | undefined {
    return expectedNanoUsd(this.needs, this.#charged(listed));
  }

  /** @param costNanoUsd {@link costOf} it, where that is known already */
  candidate(listed: Offering, costNanoUsd = this.costOf(listed)): Candidate {
    const offering = this.#charged(listed);
    const { provider } = offering;
    return new Candidate({
      offering,
      needs: this.needs,
      state: this.#stateOf(offering),
      costNanoUsd,
      unsupported: this.#unsupportedAt(offering),
      tier: this.tierOf(provider),
      preference: this.preferenceOf(provider),
    });
  }

  /** A candidate by each endpoint of its provider; itself where the provider has none of its own. */
  byEndpoint(candidate: Candidate): readonly Candidate[] {
    const { offering, costNanoUsd } = candidate;
    if (offering.provider.endpoints.length === 0) return [candidate];
    return atEndpoints(offering).map((one) => this.candidate(one, costNanoUsd));
  }

  /** Whether a candidate fits, by one endpoint of its provider at least. */
  fits(candidate: Candidate): boolean {
    const { endpoints } = candidate.provider;
    if (endpoints.length === 0) return exclusionsOf(candidate, this.needs).length === 0;
    return this.byEndpoint(candidate).some((one) => exclusionsOf(one, this.needs).length === 0);
  }

  #charged(listed: Offering): Offering {
    return this.#reprice === undefined ? listed : this.#reprice(listed);
  }

  #unsupportedAt(offering: Offering): Unsupported | undefined {
    const { operation, stream } = this.needs;
    const { model, traits, provider } = offering;
    const { format, dialect } = provider;
    const maxOutputTokens = outputLimit(this.needs, offering);
    return this.#unsupported.find(format, { operation, stream, model, maxOutputTokens, dialect, traits });
  }
}
