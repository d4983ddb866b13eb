import type { ModelTraits } from '../../formats/model-traits.ts';

/** Version of the snapshot's form that is written and read here. */
export const SNAPSHOT_FORM = 2;

/**
 * Prices as they stand in a snapshot: index in `PRICE_KINDS` (or `UNIT_KINDS`) and nano-USD per million units, in turn.
 * JSON holds whole numbers up to 2^53 exactly: USD 9 a unit.
 */
export type PriceList = readonly number[];

/** Prices, and those of tiers as `[aboveInputTokens, prices]`. */
export type TieredPriceList = readonly [PriceList, ...(readonly [number, PriceList])[]];

/**
 * What one source says of the prices: its index in `SOURCES`, a bit for each kind of price that it states, and those of
 * them that differ from the served ones.
 */
export type VoteList = readonly [source: number, stated: number, ...PriceList];

/** What few offerings have. Absent is unknown, or none. */
export interface RowExtras {
  /** Word index. */
  readonly wireFormat?: number;
  /** Index of traits. */
  readonly traits?: number;
  readonly tiers?: readonly (readonly [number, PriceList])[];
  readonly batch?: TieredPriceList;
  readonly flex?: TieredPriceList;
  readonly priority?: TieredPriceList;
  readonly units?: PriceList;
  /** `[word index of the region, prices]`. */
  readonly regional?: readonly (readonly [number, PriceList])[];
  /** Word indexes. */
  readonly regions?: readonly number[];
  /** Model id, or 1 where it is not known of what. */
  readonly aliasOf?: string | 1;
  readonly released?: string;
  readonly gone?: string;
  readonly deprecated?: 1;
  readonly unlisted?: 1;
}

/**
 * An offering as it stands in a snapshot. Numbers of 0 are unknown: the name is then the model's id, a limit or the source
 * of the prices is not known.
 */
export type OfferingRow = readonly [
  model: string,
  name: string | 0,
  /** Index in `MODEL_MODES`. */
  mode: number,
  /** A bit for each of `CAPABILITIES`. */
  capabilities: number,
  /** Those that were derived. */
  derived: number,
  contextTokens: number,
  maxOutputTokens: number,
  prices: PriceList,
  /** Index in `SOURCES`, from 1. */
  priceSource: number,
  votes: readonly VoteList[],
  extras?: RowExtras,
];

/** Traits as they stand in a snapshot. */
export type SnapshotTraits = Partial<ModelTraits>;

/** A source, and the state of it that was read. */
export interface SnapshotSource {
  readonly id: string;
  /** Day or version, "2026-07-02". */
  readonly retrieved: string;
}
