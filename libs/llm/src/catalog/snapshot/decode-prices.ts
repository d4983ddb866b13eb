import { PRICE_KINDS, type Prices } from '../../rating/prices.ts';
import {
  type PriceTier,
  type PriceVote,
  type RegionalPrices,
  SERVICE_TIERS,
  type ServiceTierPrices,
  SOURCES,
  type TieredPrices,
  UNIT_KINDS,
  type UnitPrices,
} from '../offering-prices.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { SnapshotList } from './snapshot-list.ts';
import type { SnapshotObject } from './snapshot-object.ts';

/** Prices by kind; none for an empty list. */
export const decodePrices = (list: SnapshotList): Prices => decodeKinds(list, PRICE_KINDS);

/** Prices of units by kind. */
export const decodeUnitPrices = (list: SnapshotList): UnitPrices => decodeKinds(list, UNIT_KINDS);

function decodeKinds<Kind extends string>(
  list: SnapshotList,
  kinds: readonly Kind[],
): Readonly<Partial<Record<Kind, bigint>>> {
  if (list.length % 2 === 1) throw new SnapshotError(`${list.path} lacks the price of its last kind`);
  const prices: Partial<Record<Kind, bigint>> = {};
  for (let i = 0; i < list.length; i += 2) prices[list.from(i, kinds)] = BigInt(list.count(i + 1));
  return Object.freeze(prices);
}

/** `[aboveInputTokens, prices]` each. */
export const decodeTiers = (tiers: readonly SnapshotList[]): readonly PriceTier[] =>
  Object.freeze(
    tiers.map((tier) =>
      Object.freeze({ aboveInputTokens: tier.count(0), prices: decodePrices(tier.list(1)) }),
    ),
  );

/** Prices by service tier. */
export function decodeServiceTiers(extras: SnapshotObject): ServiceTierPrices {
  const found: Partial<Record<string, TieredPrices>> = {};
  for (const name of SERVICE_TIERS) {
    if (!extras.has(name)) continue;
    const [base, ...tiers] = extras.list(name).lists();
    if (base !== undefined)
      found[name] = Object.freeze({ prices: decodePrices(base), tiers: decodeTiers(tiers) });
  }
  return Object.freeze(found);
}

/** `[word index, prices]` each. */
export const decodeRegional = (
  regional: readonly SnapshotList[],
  words: readonly string[],
): readonly RegionalPrices[] =>
  Object.freeze(
    regional.map((each) =>
      Object.freeze({ region: each.from(0, words), prices: decodePrices(each.list(1)) }),
    ),
  );

/** What a source says: what it states and does not differ in is the served price. */
export function decodeVote(vote: SnapshotList, served: Prices): PriceVote {
  const [source, stated] = [vote.from(0, SOURCES), vote.count(1)];
  const differing = decodePrices(vote.rest(2));
  const prices = Object.fromEntries(
    PRICE_KINDS.filter((_, bit) => (stated & (1 << bit)) !== 0).map((kind) => [
      kind,
      differing[kind] ?? served[kind],
    ]),
  );
  return Object.freeze({ source, prices: Object.freeze(prices) });
}

/** How many state exactly the served input and output prices; `undefined` where neither is known. */
export function confidenceOf(votes: readonly PriceVote[], { input, output }: Prices): number | undefined {
  if (input === undefined && output === undefined) return undefined;
  return votes.filter(({ prices }) => prices.input === input && prices.output === output).length;
}
