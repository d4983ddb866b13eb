import { canonicalModel } from '../canonical-model.ts';
import type { Offering } from '../offering.ts';
import { UNKNOWN_TRAITS } from '../snapshot/decode-traits.ts';
import type { OverlayModel } from './overlay.ts';

/** A model that only the operator knows. */
export function unknownOffering({ provider, model }: OverlayModel): Offering {
  return {
    provider,
    model,
    name: model,
    canonicalModel: canonicalModel(model),
    mode: 'chat',
    wireFormat: undefined,
    capabilities: Object.freeze(['text', 'streaming'] as const),
    derivedCapabilities: Object.freeze(['text', 'streaming'] as const),
    traits: UNKNOWN_TRAITS,
    contextTokens: undefined,
    maxOutputTokens: undefined,
    prices: Object.freeze({}),
    tiers: Object.freeze([]),
    serviceTiers: Object.freeze({}),
    unitPrices: Object.freeze({}),
    regionalPrices: Object.freeze([]),
    priceSource: '',
    priceVotes: Object.freeze([]),
    priceConfidence: undefined,
    regions: Object.freeze([]),
    residency: Object.freeze([]),
    complianceTags: Object.freeze([]),
    aliasOf: undefined,
    isAlias: false,
    releasedOn: undefined,
    deprecatedOn: undefined,
    deprecated: false,
    unlisted: false,
  };
}
