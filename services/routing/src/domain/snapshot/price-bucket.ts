import { type Stated, statedAtEndpoints } from './at-endpoints.ts';
import type { CapabilitySet } from './capability.ts';
import type { Offering } from './offering.ts';

/** Offerings of one provider that can do the same and of which the same is stated, arranged so that the cheapest for a request are among the first. */
export interface PriceBucket {
  /** What is stated of each of them, by endpoint. */
  readonly stated: readonly Stated[];
  readonly capabilities: CapabilitySet;
  /**
   * 'known': they are ordered by the sum of input and output price; what a request costs follows it by and large, and
   * {@link least} tells when to stop. 'free' and 'unknown' ones cost the same for every request, and are ordered by key.
   */
  readonly price: 'known' | 'free' | 'unknown';
  readonly offerings: readonly Offering[];
  /** Largest context, in tokens; Infinity where one is unknown. */
  readonly maxContext: number;
  /**
   * For each place three numbers, {@link LEAST_NUMBERS}: the least of that offering and all after it. Infinity where nothing
   * is known. One array for the three, since a decision looks at hundreds of price buckets, and mostly at their first place alone.
   */
  readonly least: Float64Array;
}

/** What the numbers of a place are: prices in nano-USD per million tokens, of all tiers, and the limit of the output in tokens. */
export const LEAST_NUMBERS = { input: 0, output: 1, outputTokens: 2 } as const;

/** Puts the offerings of a provider into price buckets, the one with the cheapest first. */
export function priceBucketsOf(offerings: readonly Offering[]): PriceBucket[] {
  const groups = Map.groupBy(offerings, alikeKey);
  return [...groups.values()].map(priceBucketOf).sort(comparePriceBuckets);
}

const alikeKey = (offering: Offering): string =>
  JSON.stringify([
    offering.capabilities,
    priceKind(offering),
    ...statedAtEndpoints(offering).flatMap(({ residency, tags }) => [residency, [...tags].sort()]),
  ]);

function priceKind({ rates }: Offering): PriceBucket['price'] {
  if (rates.every(({ input, output, request }) => input === 0 && output === 0 && request === 0))
    return rates.length === 0 ? 'unknown' : 'free';
  return rates.every(({ input, output }) => input === undefined || output === undefined)
    ? 'unknown'
    : 'known';
}

/** @param group at least one, of the same capabilities, kind of price, residency and tags */
function priceBucketOf(group: readonly Offering[]): PriceBucket {
  const [first] = group as readonly [Offering];
  const price = priceKind(first);
  const offerings = group.toSorted(
    (a, b) => (price === 'known' ? compare(priceOf(a), priceOf(b)) : 0) || compare(a.key, b.key),
  );
  return {
    capabilities: first.capabilities,
    stated: statedAtEndpoints(first).map(({ residency, tags }) => ({ residency, tags })),
    price,
    offerings,
    maxContext: Math.max(...offerings.map(({ contextTokens = Number.POSITIVE_INFINITY }) => contextTokens)),
    least: leastOfRest(offerings),
  };
}

/** The least numbers of several price buckets: of their first places. */
export const leastOf = (priceBuckets: readonly PriceBucket[]): Float64Array =>
  Float64Array.from(Object.values(LEAST_NUMBERS), (number) =>
    Math.min(...priceBuckets.map(({ least: numbers }) => numbers[number] as number)),
  );

/** The one with the cheapest offering first. */
export const comparePriceBuckets = (a: PriceBucket, b: PriceBucket): number =>
  compare(cheapestOf(a), cheapestOf(b));

const cheapestOf = ({ offerings: [first] }: PriceBucket): number =>
  first === undefined ? Number.POSITIVE_INFINITY : priceOf(first);

function leastOfRest(offerings: readonly Offering[]): Float64Array {
  const numbers = offerings.flatMap(({ rates, maxOutputTokens }) => [
    least(rates.map(({ input }) => input)),
    least(rates.map(({ output }) => output)),
    least([maxOutputTokens]),
  ]);
  const rest = Float64Array.from(numbers);
  for (let i = rest.length - 4; i >= 0; i--) rest[i] = Math.min(rest[i] as number, rest[i + 3] as number);
  return rest;
}

const least = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((min, value) => Math.min(min, value ?? min), Number.POSITIVE_INFINITY);

const priceOf = ({ rates: [base] }: Offering): number =>
  (base?.input ?? Number.POSITIVE_INFINITY) + (base?.output ?? Number.POSITIVE_INFINITY);

/** Also for infinite numbers, whose difference is none. */
function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
