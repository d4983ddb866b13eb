import type { ModelTraits } from '../../formats/model-traits.ts';
import { residencyOfAll } from '../residency.ts';
import { decodeRegional, decodeServiceTiers, decodeTiers, decodeUnitPrices } from './decode-prices.ts';
import { UNKNOWN_TRAITS } from './decode-traits.ts';
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

const NOTHING: readonly never[] = Object.freeze([]);
const WITHOUT_EXTRAS = {
  wireFormat: undefined,
  traits: UNKNOWN_TRAITS,
  tiers: NOTHING,
  serviceTiers: Object.freeze({}),
  unitPrices: Object.freeze({}),
  regionalPrices: NOTHING,
  regions: NOTHING,
  residency: NOTHING,
  aliasOf: undefined,
  isAlias: false,
  releasedOn: undefined,
  deprecatedOn: undefined,
  deprecated: false,
  unlisted: false,
};

/** What few offerings have; the same for all that have nothing of it. */
export function decodeExtras(row: SnapshotList, { words, traits }: SnapshotTables) {
  if (row.item(10) === undefined) return WITHOUT_EXTRAS;
  const extras = new SnapshotObject(row.item(10), { parent: row.place, key: 10 });
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
