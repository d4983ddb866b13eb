import type { ProviderKind } from '../../src/catalog/catalog-provider.ts';
import type { PriceVote, SourceId } from '../../src/catalog/offering-prices.ts';
import { PRICE_KINDS, type Prices } from '../../src/rating/prices.ts';
import { agreeOnBase, isEmpty } from '../sources/decimal-price.ts';
import type { SourceEntry } from '../sources/source-entry.ts';
import { isFree, meantPrices } from './clean-prices.ts';
import { correctPrices } from './correct-prices.ts';
import { isNear, type Quarantined, quarantine } from './quarantine.ts';
import { priceRank, ranked } from './source-rank.ts';

/** What the sources' base prices come to. */
export interface MergedPrices {
  readonly prices: Prices;
  /** Whose they are; `undefined` where nobody's. */
  readonly source: SourceId | undefined;
  readonly votes: readonly PriceVote[];
  readonly quarantined: readonly Quarantined[];
}

/**
 * The base prices of one model: those of the source that knows its provider best. What that one does not state comes from
 * the next that agrees with it on input and output, so that prices of two price lists are never mixed. Absurd ones are set
 * aside first.
 */
export function mergePrices(entries: readonly SourceEntry[], kind: ProviderKind): MergedPrices {
  const [first] = entries;
  if (first === undefined) return { prices: {}, source: undefined, votes: [], quarantined: [] };
  const { provider, model } = first;
  const offer = isFree(provider, model) ? 'free' : 'paid';
  const votes = ranked(entries, priceRank(kind))
    .map(({ source, prices }) => ({ source, prices: meantPrices(prices.base, offer) }))
    .filter(({ prices }) => !isEmpty(prices));
  const quarantined = quarantine({ provider, model }, votes);
  const trusted = votes.map((vote) => ({ ...vote, prices: withoutAbsurd(vote, quarantined) }));
  const chosen = trusted.find(isWhole) ?? trusted.find(({ prices }) => !isEmpty(prices));
  if (chosen === undefined) return { prices: {}, source: undefined, votes, quarantined };
  const prices = fill(chosen.prices, trusted);
  return { prices: correctPrices(provider, prices), source: chosen.source, votes, quarantined };
}

const isWhole = ({ prices }: PriceVote): boolean => prices.input !== undefined && prices.output !== undefined;

/** Of a kind in quarantine, a source keeps its price where it is one of the majority: so the served price is always a vote. */
function withoutAbsurd({ source, prices }: PriceVote, quarantined: readonly Quarantined[]): Prices {
  const trusted: { -readonly [Kind in keyof Prices]: bigint | undefined } = { ...prices };
  for (const { kind, agreed, absurd } of quarantined) {
    const own = trusted[kind];
    const isAgreed = own !== undefined && agreed !== undefined && isNear(own, agreed);
    if (!isAgreed || absurd.includes(source)) delete trusted[kind];
  }
  return trusted;
}

/** What the chosen source does not state, from those with the same price list. */
function fill(chosen: Prices, trusted: readonly PriceVote[]): Prices {
  const agreeing = trusted.filter(({ prices }) => agreeOnBase(prices, chosen));
  const filled = PRICE_KINDS.flatMap((kind) => {
    const price = chosen[kind] ?? agreeing.find(({ prices }) => prices[kind] !== undefined)?.prices[kind];
    return price === undefined ? [] : [[kind, price] as const];
  });
  return Object.fromEntries(filled);
}
