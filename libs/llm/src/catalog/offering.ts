import type { ModelTraits } from '../formats/model-traits.ts';
import type { Capability } from './capabilities.ts';
import type { ModelMode } from './model-mode.ts';
import type {
  PriceVote,
  RegionalPrices,
  ServiceTierPrices,
  TieredPrices,
  UnitPrices,
} from './offering-prices.ts';
import type { Region } from './residency.ts';

/** One model at one catalog provider. */
export interface Offering extends TieredPrices {
  /** Catalog id of the provider. */
  readonly provider: string;
  /** Model id at the provider. */
  readonly model: string;
  /** Name for people. */
  readonly name: string;
  /** Id shared by offerings of the same model: see `canonicalModel`. */
  readonly canonicalModel: string;
  /** What it is asked for. */
  readonly mode: ModelMode;
  /** What it is spoken to in, where that is not its provider's format; `undefined` where it is. */
  readonly wireFormat: string | undefined;
  readonly capabilities: readonly Capability[];
  /** Those of its capabilities that no source states: they follow from others, or from its mode. */
  readonly derivedCapabilities: readonly Capability[];
  /** Which settings it takes. */
  readonly traits: ModelTraits;
  /** Tokens of input and output together; `undefined` where unknown. */
  readonly contextTokens: number | undefined;
  /** Most tokens of output; `undefined` where unknown. */
  readonly maxOutputTokens: number | undefined;
  /** Prices at other service tiers than the standard one. */
  readonly serviceTiers: ServiceTierPrices;
  /** Prices of units that are not tokens, and of image tokens. */
  readonly unitPrices: UnitPrices;
  /** Prices that differ by region from the base ones. */
  readonly regionalPrices: readonly RegionalPrices[];
  /** Where the prices come from, "models.dev 2026-07-02"; "operator" for an overlay's. */
  readonly priceSource: string;
  /** What every source says of the price. */
  readonly priceVotes: readonly PriceVote[];
  /** How many sources state exactly the input and output prices above; `undefined` where there are none. */
  readonly priceConfidence: number | undefined;
  /** Regions as its provider calls them, "us-east-1", "eu"; empty where none is stated. */
  readonly regions: readonly string[];
  /**
   * Everywhere that a request may be processed, as far as that is stated. Empty is unknown, and satisfies no residency
   * constraint; several satisfy one only where it allows all of them.
   */
  readonly residency: readonly Region[];
  /** Compliance that an operator states in an overlay ("hipaa", "zero-retention"). No source states any. */
  readonly complianceTags: readonly string[];
  /** Model id that this one is a moving alias of, as far as known; `undefined` where it is none, or nobody says of what. */
  readonly aliasOf: string | undefined;
  /** Whether the id moves to newer models ("…-latest"). */
  readonly isAlias: boolean;
  /** Day of release, "2025-08-07"; `undefined` where unknown. */
  readonly releasedOn: string | undefined;
  /** Day from which it is gone; `undefined` where unknown. */
  readonly deprecatedOn: string | undefined;
  /** Whether the provider is giving it up. */
  readonly deprecated: boolean;
  /** Whether the sources that list what a provider offers now leave it out: it may be gone. */
  readonly unlisted: boolean;
}
