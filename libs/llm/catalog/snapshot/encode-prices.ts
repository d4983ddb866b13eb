import {
  type PriceTier,
  type PriceVote,
  SOURCES,
  type TieredPrices,
  UNIT_KINDS,
  type UnitPrices,
} from '../../src/catalog/offering-prices.ts';
import type { PriceList, TieredPriceList, VoteList } from '../../src/catalog/snapshot/snapshot-shape.ts';
import { PRICE_KINDS, type Prices } from '../../src/rating/prices.ts';

/** Prices as a flat list of kinds and amounts. */
export const encodePrices = (prices: Prices): PriceList => encodeKinds(prices, PRICE_KINDS);

/** Prices of units, the same way. */
export const encodeUnits = (prices: UnitPrices): PriceList => encodeKinds(prices, UNIT_KINDS);

function encodeKinds<Kind extends string>(
  prices: Readonly<Partial<Record<Kind, bigint | undefined>>>,
  kinds: readonly Kind[],
): PriceList {
  return kinds.flatMap((kind, index) => {
    const price = prices[kind];
    return price === undefined ? [] : [index, exactNumber(price)];
  });
}

/** @throws RangeError for what JSON would not hold exactly */
function exactNumber(price: bigint): number {
  const number = Number(price);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`${price} nano-USD is beyond what JSON holds exactly`);
  return number;
}

export const encodeTiers = (tiers: readonly PriceTier[]): [number, PriceList][] =>
  tiers.map(({ aboveInputTokens, prices }) => [aboveInputTokens, encodePrices(prices)]);

export const encodeTiered = ({ prices, tiers }: TieredPrices): TieredPriceList => [
  encodePrices(prices),
  ...encodeTiers(tiers),
];

/** What a source states, and where that differs from what is served. */
export function encodeVote({ source, prices }: PriceVote, served: Prices): VoteList {
  const stated = PRICE_KINDS.reduce(
    (bits, kind, bit) => (prices[kind] === undefined ? bits : bits | (1 << bit)),
    0,
  );
  const differing = Object.fromEntries(
    PRICE_KINDS.filter((kind) => prices[kind] !== served[kind]).map((kind) => [kind, prices[kind]]),
  );
  return [SOURCES.indexOf(source), stated, ...encodePrices(differing)];
}
