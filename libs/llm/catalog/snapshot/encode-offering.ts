import { CAPABILITIES, type Capability } from '../../src/catalog/capabilities.ts';
import { MODEL_MODES } from '../../src/catalog/model-mode.ts';
import { SERVICE_TIERS, SOURCES } from '../../src/catalog/offering-prices.ts';
import type { OfferingRow, RowExtras } from '../../src/catalog/snapshot/snapshot-shape.ts';
import type { JsonObject } from '../../src/formats/json.ts';
import type { MergedOffering } from '../merge/merged-offering.ts';
import { encodePrices, encodeTiered, encodeTiers, encodeUnits, encodeVote } from './encode-prices.ts';
import type { WordTable } from './word-table.ts';

/** Tables that rows refer to. */
export interface EncodeTables {
  readonly words: WordTable<string>;
  readonly traits: WordTable<JsonObject>;
}

/** An offering as a row of the snapshot. */
export function encodeOffering(offering: MergedOffering, tables: EncodeTables): OfferingRow {
  const { model, name, prices, priceSource, priceVotes } = offering;
  const row = [
    model,
    name === model ? 0 : name,
    MODEL_MODES.indexOf(offering.mode),
    bitsOf(offering.capabilities),
    bitsOf(offering.derivedCapabilities),
    offering.contextTokens ?? 0,
    offering.maxOutputTokens ?? 0,
    encodePrices(prices),
    priceSource === undefined ? 0 : SOURCES.indexOf(priceSource) + 1,
    priceVotes.map((vote) => encodeVote(vote, prices)),
  ] as const;
  const extras = encodeExtras(offering, tables);
  return Object.keys(extras).length === 0 ? row : [...row, extras];
}

function encodeExtras(offering: MergedOffering, { words, traits }: EncodeTables): RowExtras {
  const { wireFormat, regionalPrices, regions, unitPrices, tiers } = offering;
  const units = encodeUnits(unitPrices);
  const extras = {
    wireFormat: wireFormat === undefined ? undefined : words.indexOf(wireFormat),
    traits: offering.traits === undefined ? undefined : traits.indexOf(offering.traits),
    tiers: some(encodeTiers(tiers)),
    ...Object.fromEntries(
      SERVICE_TIERS.flatMap((name) => {
        const tier = offering.serviceTiers[name];
        return tier === undefined ? [] : [[name, encodeTiered(tier)]];
      }),
    ),
    units: some(units),
    regional: some(regionalPrices.map(({ region, prices }) => [words.indexOf(region), encodePrices(prices)])),
    regions: some(regions.map((region) => words.indexOf(region))),
    aliasOf: offering.aliasOf ?? (offering.isAlias ? 1 : undefined),
    released: offering.releasedOn,
    gone: offering.deprecatedOn,
    deprecated: offering.deprecated ? 1 : undefined,
    unlisted: offering.unlisted ? 1 : undefined,
  };
  return Object.fromEntries(Object.entries(extras).filter(([, value]) => value !== undefined));
}

const some = <Item>(list: readonly Item[]): readonly Item[] | undefined =>
  list.length === 0 ? undefined : list;

const bitsOf = (set: ReadonlySet<Capability>): number =>
  CAPABILITIES.reduce((bits, name, bit) => (set.has(name) ? bits | (1 << bit) : bits), 0);
