import type { ModelTraits } from '../formats/model-traits.ts';
import { PRICE_KINDS, type Prices } from '../rating/prices.ts';
import { CAPABILITIES, type Capability } from './capabilities.ts';
import type { Offering, PriceTier } from './catalog.ts';
import { SnapshotError, type SnapshotObject } from './snapshot-object.ts';

const FIELDS = [
  'provider',
  'model',
  'name',
  'capabilities',
  'traits',
  'contextTokens',
  'maxOutputTokens',
  'prices',
  'tiers',
  'releasedOn',
  'deprecated',
];

/** One offering of a snapshot. `source` says where all of its prices come from. */
export function parseOffering(object: SnapshotObject, source: string): Offering {
  object.only(FIELDS);
  const model = object.string('model');
  return Object.freeze({
    provider: object.string('provider'),
    model,
    name: object.string('name'),
    canonicalModel: canonicalModel(model),
    capabilities: Object.freeze(object.strings('capabilities').map(parseCapability)),
    traits: parseTraits(object.has('traits') ? object.object('traits') : undefined),
    contextTokens: object.optionalCount('contextTokens'),
    maxOutputTokens: object.optionalCount('maxOutputTokens'),
    prices: object.has('prices') ? parsePrices(object.object('prices')) : Object.freeze({}),
    tiers: Object.freeze(object.objects('tiers').map(parseTier)),
    priceSource: source,
    releasedOn: object.optionalString('releasedOn'),
    deprecated: object.flag('deprecated'),
  });
}

/** The model's id without a vendor's path, in lower case: "openai/gpt-4o" and "gpt-4o" are one model. */
export function canonicalModel(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase();
}

function parseCapability(text: string): Capability {
  const found = CAPABILITIES.find((capability) => capability === text);
  if (found === undefined) throw new SnapshotError(`${text} is not a capability`);
  return found;
}

function parseTraits(object: SnapshotObject | undefined): ModelTraits {
  const budget = object?.has('reasoningBudget') ? object.object('reasoningBudget') : undefined;
  return Object.freeze({
    sampling: object?.optionalFlag('sampling'),
    reasoningEfforts: object?.has('reasoningEfforts') ? object.strings('reasoningEfforts') : undefined,
    reasoningBudget:
      budget === undefined
        ? object?.has('reasoningEfforts')
          ? 'none'
          : undefined
        : Object.freeze({ min: budget.count('min'), max: budget.optionalCount('max') }),
  });
}

function parseTier(object: SnapshotObject): PriceTier {
  object.only(['aboveInputTokens', 'prices']);
  return Object.freeze({
    aboveInputTokens: object.count('aboveInputTokens'),
    prices: parsePrices(object.object('prices')),
  });
}

function parsePrices(object: SnapshotObject): Prices {
  object.only(PRICE_KINDS);
  const known = PRICE_KINDS.filter((field) => object.has(field));
  return Object.freeze(Object.fromEntries(known.map((field) => [field, BigInt(object.count(field))])));
}
