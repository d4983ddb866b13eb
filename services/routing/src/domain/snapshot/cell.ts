import type { CapabilitySet } from './capability.ts';
import type { Offering } from './snapshot.ts';

/** Most offerings of a cell. Smaller ones are passed over more exactly, larger ones are fewer to look at. */
const CELL_SIZE = 32;

/**
 * Offerings of one seat that can do the same and cost about the same, with bounds by which a request that none of them
 * suits, or for which none is cheap enough, passes over all of them at once.
 */
export interface Cell {
  readonly capabilities: CapabilitySet;
  /** Cheapest first, by the sum of input and output price, then by key. */
  readonly offerings: readonly Offering[];
  readonly minKey: string;
  /** Least prices of all tiers, in nano-USD per million; Infinity where no price is known. */
  readonly minInput: number;
  readonly minOutput: number;
  readonly minRequest: number;
  /** Least limit of the output, in tokens; Infinity where all are unknown. */
  readonly minOutputLimit: number;
  /** Largest context, in tokens; Infinity where one is unknown. */
  readonly maxContext: number;
}

/** Divides the offerings of a seat into cells, cheapest first. */
export function cellsOf(offerings: readonly Offering[]): Cell[] {
  const cells: Cell[] = [];
  for (const alike of Map.groupBy(offerings, ({ capabilities }) => capabilities).values()) {
    alike.sort((a, b) => compare(blendedPrice(a), blendedPrice(b)) || compare(a.key, b.key));
    for (let from = 0; from < alike.length; from += CELL_SIZE)
      cells.push(cellOf(alike.slice(from, from + CELL_SIZE)));
  }
  return cells.sort((a, b) => compare(a.minInput + a.minOutput, b.minInput + b.minOutput));
}

/** @param offerings at least one, of the same capabilities */
function cellOf(offerings: readonly Offering[]): Cell {
  const [first] = offerings as readonly [Offering];
  const rates = offerings.flatMap((offering) => offering.rates);
  return {
    capabilities: first.capabilities,
    offerings,
    minKey: leastKey(offerings),
    minInput: least(rates.map(({ input }) => input)),
    minOutput: least(rates.map(({ output }) => output)),
    minRequest: least(rates.map(({ request }) => request)),
    minOutputLimit: least(offerings.map(({ maxOutputTokens }) => maxOutputTokens)),
    maxContext: Math.max(...offerings.map(({ contextTokens = Number.POSITIVE_INFINITY }) => contextTokens)),
  };
}

function leastKey(offerings: readonly Offering[]): string {
  const [key] = offerings.map((offering) => offering.key).sort(compare);
  return key ?? '';
}

/** Infinity where all are unknown. */
const least = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((min, value) => Math.min(min, value ?? min), Number.POSITIVE_INFINITY);

function blendedPrice({ rates: [base] }: Offering): number {
  return (base?.input ?? Number.POSITIVE_INFINITY) + (base?.output ?? Number.POSITIVE_INFINITY);
}

/** Also for infinite numbers, whose difference is none. */
function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
