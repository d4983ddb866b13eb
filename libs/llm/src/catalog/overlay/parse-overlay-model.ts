import { CAPABILITIES, type Capability } from '../capabilities.ts';
import { MODEL_MODES } from '../model-mode.ts';
import { SERVICE_TIERS, type ServiceTierPrices } from '../offering-prices.ts';
import { RESIDENCY_REGIONS, type Region } from '../residency.ts';
import type { SnapshotObject } from '../snapshot/snapshot-object.ts';
import type { OverlayModel } from './overlay.ts';
import { parseOverlayPrices, parseOverlayTiers, parseOverlayUnitPrices } from './parse-overlay-prices.ts';

const FIELDS = [
  'provider',
  'model',
  'name',
  'mode',
  'capabilities',
  'context_tokens',
  'max_output_tokens',
  'prices',
  'unit_prices',
  'tiers',
  ...SERVICE_TIERS,
  'residency',
  'compliance_tags',
  'deprecated',
];

/** One model of an overlay. */
export function parseOverlayModel(object: SnapshotObject): OverlayModel {
  object.only(FIELDS);
  const hasPrices = object.has('prices');
  return {
    provider: object.string('provider'),
    model: object.string('model'),
    path: object.path,
    name: object.optionalString('name'),
    mode: object.has('mode') ? object.oneOf('mode', MODEL_MODES) : undefined,
    capabilities: object.has('capabilities')
      ? Object.freeze(object.wordsOf<Capability>('capabilities', CAPABILITIES))
      : undefined,
    contextTokens: object.optionalCount('context_tokens'),
    maxOutputTokens: object.optionalCount('max_output_tokens'),
    prices: hasPrices ? parseOverlayPrices(object.object('prices')) : undefined,
    // New base prices make the old ones for long inputs wrong, too.
    tiers: hasPrices || object.has('tiers') ? parseOverlayTiers(object.objects('tiers')) : undefined,
    serviceTiers: parseServiceTiers(object),
    unitPrices: object.has('unit_prices') ? parseOverlayUnitPrices(object.object('unit_prices')) : undefined,
    residency: residencyAt(object),
    complianceTags: object.has('compliance_tags') ? object.strings('compliance_tags') : undefined,
    deprecated: object.optionalFlag('deprecated'),
  };
}

/** `residency`, a list of regions: what an operator states, from a contract. */
export function residencyAt(object: SnapshotObject): readonly Region[] | undefined {
  if (!object.has('residency')) return undefined;
  return Object.freeze(object.wordsOf<Region>('residency', RESIDENCY_REGIONS));
}

function parseServiceTiers(object: SnapshotObject): ServiceTierPrices | undefined {
  const found = SERVICE_TIERS.filter((name) => object.has(name)).map((name) => [
    name,
    Object.freeze({ prices: parseOverlayPrices(object.object(name)), tiers: Object.freeze([]) }),
  ]);
  return found.length === 0 ? undefined : Object.freeze(Object.fromEntries(found));
}
