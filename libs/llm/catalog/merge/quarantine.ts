import type { PriceVote, SourceId } from '../../src/catalog/offering-prices.ts';
import { PRICE_KINDS, type Prices } from '../../src/rating/prices.ts';

/** So many times dearer or cheaper than the median of the votes is absurd. */
const ABSURD_FACTOR = 10n;
/** A price above is a mistake of the source: USD 1,000 per million tokens. The dearest known is 600 (o1-pro). */
const HIGHEST_PRICE = 1_000_000_000_000n;
/** USD 1 a request. */
const HIGHEST_REQUEST_PRICE = 1_000_000_000_000_000n;

/** Prices of one kind that were set aside. */
export interface Quarantined {
  readonly provider: string;
  readonly model: string;
  readonly kind: keyof Prices;
  /** What each source says, in nano-USD per million. */
  readonly votes: readonly { readonly source: SourceId; readonly price: bigint }[];
  /** Whose price was set aside. */
  readonly absurd: readonly SourceId[];
  /** What more than half of the votes within reason agree on; `undefined` where they do not: the price is unknown. */
  readonly agreed: bigint | undefined;
}

/** The kinds of prices on which the votes are far apart, or of which one is beyond reason. */
export function quarantine(
  { provider, model }: { readonly provider: string; readonly model: string },
  votes: readonly PriceVote[],
): Quarantined[] {
  return PRICE_KINDS.flatMap((kind) => {
    const stated = votes.flatMap(({ source, prices }) => {
      const price = prices[kind];
      return price === undefined ? [] : [{ source, price }];
    });
    // What is beyond reason is wrong by itself: the others need no majority against it.
    const sane = stated.filter(({ price }) => isWithinReason(kind, price));
    const all = sane.map(({ price }) => price);
    const far = sane.filter(({ price }) => isAbsurd(price, all));
    const absurd = stated.filter((vote) => !sane.includes(vote) || far.includes(vote));
    if (absurd.length === 0) return [];
    const sources = absurd.map(({ source }) => source);
    return [{ provider, model, kind, votes: stated, absurd: sources, agreed: majority(all) }];
  });
}

/** Whether a price can be one at all, whatever others say. */
export const isWithinReason = (kind: string, price: bigint): boolean =>
  price <= (kind === 'request' ? HIGHEST_REQUEST_PRICE : HIGHEST_PRICE);

/**
 * Whether a price is 10 times the median of all or more, or a tenth of it or less. Of two that are so far apart nobody
 * knows which is wrong: both are.
 */
export function isAbsurd(price: bigint, all: readonly bigint[]): boolean {
  const [one = 0n, other = 0n] = all;
  if (all.length === 2)
    return one !== other && (one >= other * ABSURD_FACTOR || other >= one * ABSURD_FACTOR);
  const twiceMedian = medianTwice(all);
  // Free, for most: whatever costs something is far from it.
  if (twiceMedian === 0n) return price > 0n;
  return price * 2n >= twiceMedian * ABSURD_FACTOR || price * 2n * ABSURD_FACTOR <= twiceMedian;
}

/** Twice the median, which is a whole number for an even number of prices too. */
function medianTwice(prices: readonly bigint[]): bigint {
  const sorted = [...prices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper * 2n : (sorted[middle - 1] ?? 0n) + upper;
}

/** The first price that more than half agree with, to a tenth of it: sources round, and follow with delay. */
function majority(prices: readonly bigint[]): bigint | undefined {
  return prices.find((price) => prices.filter((other) => isNear(other, price)).length * 2 > prices.length);
}

/** Whether two prices are the same, to a tenth. */
export function isNear(price: bigint, other: bigint): boolean {
  const apart = price > other ? price - other : other - price;
  return apart * 10n <= other;
}
