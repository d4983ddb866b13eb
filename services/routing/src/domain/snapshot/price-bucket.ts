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
   * is known. One array for the three, since a decision looks at many places.
   */
  readonly least: Float64Array;
}

/** What the numbers of a place are: prices in nano-USD per million tokens, of all tiers, and the limit of the output in tokens. */
export const LEAST_NUMBERS = { input: 0, output: 1, outputTokens: 2 } as const;
const NUMBERS = 3;

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
    least: leastOfRest(offerings.flatMap(numbersOf)),
  };
}

/** Some price buckets, in their order. */
export interface PriceBucketOverview {
  readonly capabilities: Uint32Array;
  /** For each the least numbers, as in {@link PriceBucket.least}. */
  readonly least: Float64Array;
  /** The same of it and all after it. */
  readonly leastOfRest: Float64Array;
}

export function overviewOf(priceBuckets: readonly PriceBucket[]): PriceBucketOverview {
  const least = priceBuckets.flatMap(({ least: ofPlaces }) => [...ofPlaces.subarray(0, NUMBERS)]);
  return {
    capabilities: Uint32Array.from(priceBuckets, ({ capabilities }) => capabilities),
    least: Float64Array.from(least),
    leastOfRest: leastOfRest(least),
  };
}

/** The one with the cheapest offering first. */
export const comparePriceBuckets = (a: PriceBucket, b: PriceBucket): number =>
  compare(cheapestOf(a), cheapestOf(b));

const cheapestOf = ({ offerings: [first] }: PriceBucket): number =>
  first === undefined ? Number.POSITIVE_INFINITY : priceOf(first);

const numbersOf = ({ rates, maxOutputTokens }: Offering): number[] => [
  least(rates.map(({ input }) => input)),
  least(rates.map(({ output }) => output)),
  least([maxOutputTokens]),
];

/** @param numbers of each place; the result has at each place the least of it and all after it */
function leastOfRest(numbers: readonly number[]): Float64Array {
  const rest = Float64Array.from(numbers);
  for (let i = rest.length - NUMBERS - 1; i >= 0; i--)
    rest[i] = Math.min(rest[i] as number, rest[i + NUMBERS] as number);
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
