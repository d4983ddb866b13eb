import type { Dialect } from '../formats/dialect.ts';
import type { ModelTraits } from '../formats/model-traits.ts';
import type { WireFormatId } from '../formats/wire-format.ts';
import type { Prices } from '../rating/prices.ts';
import type { Capability } from './capabilities.ts';

/** A provider as the catalog knows it. */
export interface CatalogProvider {
  /** Catalog id, "openai". */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly wireFormat: WireFormatId;
  /** Where its API is, without a trailing slash; `undefined` for the simulated ones, whose address is not fixed. */
  readonly baseUrl: string | undefined;
  /** Environment variables that may hold its key, in the order to be looked at. */
  readonly keyVariables: readonly string[];
  /** How it differs from its wire format. */
  readonly dialect: Dialect | undefined;
  readonly simulated: boolean;
}

/** Prices that may depend on how much input a request has. */
export interface TieredPrices {
  /** Base prices. */
  readonly prices: Prices;
  /** Prices for requests with more input, smallest threshold first. Empty where the price does not depend on the input. */
  readonly tiers: readonly PriceTier[];
}

/** One model at one catalog provider. */
export interface Offering extends TieredPrices {
  /** Catalog id of the provider. */
  readonly provider: string;
  /** Model id at the provider. */
  readonly model: string;
  /** Name for people. */
  readonly name: string;
  /** Id shared by offerings of the same model: the model id without a vendor's path, in lower case. */
  readonly canonicalModel: string;
  readonly capabilities: readonly Capability[];
  /** Which settings it takes. */
  readonly traits: ModelTraits;
  /** Tokens of input and output together; `undefined` where unknown. */
  readonly contextTokens: number | undefined;
  /** Most tokens of output; `undefined` where unknown. */
  readonly maxOutputTokens: number | undefined;
  /** Where the prices come from, "models.dev 2026-07-02". */
  readonly priceSource: string;
  /** Day of release, "2025-08-07"; `undefined` where unknown. */
  readonly releasedOn: string | undefined;
  /** Whether the provider is giving it up. */
  readonly deprecated: boolean;
}

/** Prices of requests with much input. */
export interface PriceTier {
  /** They hold for requests with more input tokens than this. */
  readonly aboveInputTokens: number;
  readonly prices: Prices;
}

/** Providers and what they offer. Immutable. */
export interface Catalog {
  /** All providers, by id. */
  providers(): readonly CatalogProvider[];
  /** One provider. */
  provider(providerId: string): CatalogProvider | undefined;
  /** All offerings of a provider, by model id; empty for an unknown one. */
  offeringsOf(providerId: string): readonly Offering[];
  /** One offering. */
  findModel(providerId: string, modelId: string): Offering | undefined;
}
