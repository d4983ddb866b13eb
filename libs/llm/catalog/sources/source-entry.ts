import type { Capability } from '../../src/catalog/capabilities.ts';
import type { ModelMode } from '../../src/catalog/model-mode.ts';
import type { ServiceTier, SourceId, UnitPrices } from '../../src/catalog/offering-prices.ts';
import type { JsonObject } from '../../src/formats/json.ts';
import type { Prices } from '../../src/rating/prices.ts';

/** Prices of one source for one model, as stated: zero is still zero here. */
export interface PriceSheet {
  readonly base: Prices;
  /** Prices above so many input tokens, smallest first. */
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly prices: Prices }[];
  readonly serviceTiers: Readonly<Partial<Record<ServiceTier, Pick<PriceSheet, 'base' | 'tiers'>>>>;
  readonly units: UnitPrices;
  readonly regional: readonly { readonly region: string; readonly prices: Prices }[];
}

/** No price at all. */
export const NO_PRICES: PriceSheet = Object.freeze({
  base: {},
  tiers: [],
  serviceTiers: {},
  units: {},
  regional: [],
});

/** What one source says of one model at one provider. Absent is not stated. */
export interface SourceEntry {
  readonly source: SourceId;
  /** Our id of the provider. */
  readonly provider: string;
  /** Model id at the provider. */
  readonly model: string;
  readonly name?: string | undefined;
  readonly mode?: ModelMode | undefined;
  /** Wire format of this model, where the source says one. */
  readonly wireFormat?: string | undefined;
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** Stated, present or absent; what is not stated is in neither. */
  readonly can: ReadonlySet<Capability>;
  readonly cannot: ReadonlySet<Capability>;
  readonly traits?: JsonObject | undefined;
  readonly regions: readonly string[];
  readonly releasedOn?: string | undefined;
  readonly deprecatedOn?: string | undefined;
  readonly deprecated?: true | undefined;
  readonly aliasOf?: string | undefined;
  readonly prices: PriceSheet;
  /** Where it stands in the source, for checks. */
  readonly at: readonly string[];
  /** A base URL that the data names: compared with the registry's, never used. */
  readonly statedBaseUrl?: string | undefined;
}

/** A capability that is stated, present or absent. */
export interface StatedCapabilities {
  readonly can: ReadonlySet<Capability>;
  readonly cannot: ReadonlySet<Capability>;
}

/** Sorts statements into present and absent; `undefined` is neither. */
export function stated(facts: Partial<Record<Capability, boolean | undefined>>): StatedCapabilities {
  const names = Object.keys(facts) as Capability[];
  return {
    can: new Set(names.filter((name) => facts[name] === true)),
    cannot: new Set(names.filter((name) => facts[name] === false)),
  };
}
