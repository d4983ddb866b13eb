import type { ModelTraits } from '../../formats/model-traits.ts';
import { CAPABILITIES, type Capability } from '../capabilities.ts';
import { MODEL_MODES } from '../model-mode.ts';
import { canonicalModel, type Offering } from '../offering.ts';
import { SOURCES } from '../offering-prices.ts';
import { residencyOfAll } from '../residency.ts';
import {
  confidenceOf,
  decodePrices,
  decodeRegional,
  decodeServiceTiers,
  decodeTiers,
  decodeUnitPrices,
  decodeVote,
} from './decode-prices.ts';
import { UNKNOWN_TRAITS } from './decode-traits.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { SnapshotList } from './snapshot-list.ts';
import { SnapshotObject } from './snapshot-object.ts';

/** What rows refer to. */
export interface SnapshotTables {
  readonly words: readonly string[];
  readonly traits: readonly ModelTraits[];
  /** "models.dev 2026-07-02", in the order of `SOURCES`. */
  readonly sourceNames: readonly string[];
}

const EXTRAS = [
  'wireFormat',
  'traits',
  'tiers',
  'batch',
  'flex',
  'priority',
  'units',
  'regional',
  'regions',
  'aliasOf',
  'released',
  'gone',
  'deprecated',
  'unlisted',
];
const NO_EXTRAS = {};

/** One row of a snapshot, see `OfferingRow`. */
export function decodeOffering(provider: string, row: SnapshotList, tables: SnapshotTables): Offering {
  const model = row.string(0);
  const prices = decodePrices(row.list(7));
  const votes = row
    .list(9)
    .lists()
    .map((vote) => decodeVote(vote, prices));
  return Object.freeze({
    provider,
    model,
    name: row.item(1) === 0 ? model : row.string(1),
    canonicalModel: canonicalModel(model),
    mode: row.from(2, MODEL_MODES),
    capabilities: capabilitiesOf(row.count(3), row.path),
    derivedCapabilities: capabilitiesOf(row.count(4), row.path),
    contextTokens: row.known(5),
    maxOutputTokens: row.known(6),
    prices,
    priceSource: sourceName(row, tables),
    priceVotes: Object.freeze(votes),
    priceConfidence: confidenceOf(votes, prices),
    complianceTags: NO_TAGS,
    ...decodeExtras(new SnapshotObject(row.item(10) ?? NO_EXTRAS, `${row.path}[10]`), tables),
  });
}

const NO_TAGS: readonly string[] = Object.freeze([]);

function decodeExtras(extras: SnapshotObject, { words, traits }: SnapshotTables) {
  extras.only(EXTRAS);
  const listed = extras.list('regions');
  const regions = Object.freeze(Array.from({ length: listed.length }, (_, i) => listed.from(i, words)));
  return {
    wireFormat: extras.has('wireFormat') ? extras.from('wireFormat', words) : undefined,
    traits: extras.has('traits') ? extras.from('traits', traits) : UNKNOWN_TRAITS,
    tiers: decodeTiers(extras.list('tiers').lists()),
    serviceTiers: decodeServiceTiers(extras),
    unitPrices: decodeUnitPrices(extras.list('units')),
    regionalPrices: decodeRegional(extras.list('regional').lists(), words),
    regions,
    residency: residencyOfAll(regions),
    aliasOf: extras.isOne('aliasOf') ? undefined : extras.optionalString('aliasOf'),
    isAlias: extras.has('aliasOf'),
    releasedOn: extras.optionalString('released'),
    deprecatedOn: extras.optionalString('gone'),
    deprecated: extras.isOne('deprecated'),
    unlisted: extras.isOne('unlisted'),
  };
}

function sourceName(row: SnapshotList, { sourceNames }: SnapshotTables): string {
  const index = row.count(8);
  return index === 0 ? '' : (sourceNames[index - 1] ?? SOURCES[index - 1] ?? '');
}

/** Sets of capabilities are few: each is made once. */
const CAPABILITY_SETS = new Map<number, readonly Capability[]>();

function capabilitiesOf(mask: number, path: string): readonly Capability[] {
  const known = CAPABILITY_SETS.get(mask);
  if (known !== undefined) return known;
  if (mask >= 1 << CAPABILITIES.length) throw new SnapshotError(`${path} has a capability that is not known`);
  const set = Object.freeze(CAPABILITIES.filter((_, bit) => (mask & (1 << bit)) !== 0));
  CAPABILITY_SETS.set(mask, set);
  return set;
}
