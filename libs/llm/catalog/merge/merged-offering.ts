import type { Capability } from '../../src/catalog/capabilities.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { SourceId } from '../../src/catalog/offering-prices.ts';
import type { JsonObject } from '../../src/formats/json.ts';

/** An offering before it is written: what the sources say together. What follows from it is left to the loader. */
export interface MergedOffering
  extends Pick<
    Offering,
    | 'provider'
    | 'model'
    | 'name'
    | 'mode'
    | 'wireFormat'
    | 'contextTokens'
    | 'maxOutputTokens'
    | 'prices'
    | 'tiers'
    | 'serviceTiers'
    | 'unitPrices'
    | 'regionalPrices'
    | 'priceVotes'
    | 'regions'
    | 'aliasOf'
    | 'isAlias'
    | 'releasedOn'
    | 'deprecatedOn'
    | 'deprecated'
    | 'unlisted'
  > {
  readonly capabilities: ReadonlySet<Capability>;
  readonly derivedCapabilities: ReadonlySet<Capability>;
  readonly traits: JsonObject | undefined;
  /** Whose prices they are. */
  readonly priceSource: SourceId | undefined;
}
